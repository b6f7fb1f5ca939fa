import { provideVSCodeDesignSystem, vsCodeButton, vsCodeCheckbox, vsCodeTag } from "@vscode/webview-ui-toolkit";

/**
 * The toolkit's elements, registered once. Pages use them through the components beside this file alone, so that another
 * set of elements could take their place in this folder.
 */
provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeTag());
