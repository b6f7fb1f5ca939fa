/** Names of images: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`. */
const imageName =
  /^[A-Za-z0-9][\w.-]*(?::\d+)?(?:\/[A-Za-z0-9][\w.-]*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/u;

/** Whether a text can be the name of an image at all: it becomes an argument of a program. */
export function isImageName(text: string): boolean {
  return text.length <= 512 && imageName.test(text);
}

/** The name with its registry: what names none comes from Docker Hub, as on Azure. */
export function fullImageName(name: string): string {
  const [first = "", ...rest] = name.split("/");
  if (rest.length > 0 && (/[.:]/u.test(first) || first === "localhost")) return name;
  return rest.length === 0 ? `docker.io/library/${name}` : `docker.io/${name}`;
}
