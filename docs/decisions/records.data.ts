import { createContentLoader } from 'vitepress'

/** A decision record, as the index lists it. */
export type DecisionRecord = { readonly url: string; readonly title: string }

declare const data: readonly DecisionRecord[]

export { data }

export default createContentLoader('decisions/*.md', {
  includeSrc: true,
  transform: (pages): DecisionRecord[] =>
    pages
      .filter(({ url }) => !url.endsWith('/decisions/'))
      .map(({ url, src }) => ({ url, title: /^# (.+)$/m.exec(src ?? '')?.[1] ?? url }))
      .sort((a, b) => a.url.localeCompare(b.url)),
})
