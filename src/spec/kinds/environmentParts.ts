import * as z from "zod";
import { autoDelete, route } from "./jobParts.ts";
import { anyDictionary, mapping, oneOf, rawDictionary, readOnly, schemaUrl, text, version } from "./fields.ts";

const environmentShape = {
  $schema: schemaUrl,
  id: readOnly,
  creation_context: readOnly,
  latest_version: readOnly,
  intellectual_property: readOnly,
  description: text.optional().describe("What the environment is for."),
  tags: anyDictionary.optional().describe("Labels of your own."),
  image: text.optional().describe("Container image that the environment starts from."),
  conda_file: z.union([text, rawDictionary]).optional().describe("Path of a conda file, or its content written here."),
  build: mapping({
    path: text.optional().describe("Folder with the Dockerfile and what it copies."),
    dockerfile_path: text.optional().describe("Path of the Dockerfile in that folder; Dockerfile when left out."),
  })
    .optional()
    .describe("Builds the image from a Dockerfile. Stands instead of image."),
  os_type: oneOf(["linux", "windows"]).optional().describe("Operating system of the image; linux when left out."),
  inference_config: mapping({
    liveness_route: route.describe("Route that says the server lives."),
    readiness_route: route.describe("Route that says the server is ready."),
    scoring_route: route.describe("Route that scores."),
  })
    .optional()
    .describe("Routes of a serving container."),
  datastore: text.optional().describe("Datastore to upload the build context to."),
  auto_delete_setting: autoDelete.optional(),
};

/** An environment as a file of its own. */
export const environmentFile = mapping({
  ...environmentShape,
  name: text.describe("Name of the environment."),
  version: version.optional().describe("Version; counted up when left out."),
}).describe("An environment: the packages that a job runs with.");

/** An environment written inside a job or component. Its name and version are taken and not used, as Azure does. */
const inlineEnvironment = mapping({
  ...environmentShape,
  name: z.unknown().optional().describe("Taken and not used: an environment inside a job has no name."),
  version: z.unknown().optional().describe("Taken and not used."),
});

/** `environment:` of a job or component: written out here, or a reference. */
export const environmentField = z
  .union([
    inlineEnvironment,
    text.refine((value) => value.startsWith("azureml:"), {
      message:
        "An environment is named as azureml:NAME:VERSION, azureml:NAME@latest or azureml://registries/…; write an image as 'environment: {image: …}'.",
    }),
  ])
  .describe(
    "Packages to run with: azureml:name:version, azureml:name@latest, azureml://registries/… or written out here.",
  );
