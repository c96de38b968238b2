/** What a built plugin's code is called. */
export const builtEntry = 'plugin.cjs'

/** What the manifest of a plugin is called, built or not. */
export const builtManifest = 'plugin.json'
