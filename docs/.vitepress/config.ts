import { readdirSync, readFileSync } from 'node:fs'
import { type DefaultTheme, defineConfig } from 'vitepress'
import reference from '../api/typedoc-sidebar.json' with { type: 'json' }

const packages = [
  'result',
  'kernel',
  'specification',
  'domain',
  'mediator',
  'event-store',
  'event-sourcing',
  'kysely',
  'saga',
  'service-discovery',
  'plugins',
  'feature-flags',
  'memory',
  'sqlite',
]

const guide: DefaultTheme.SidebarItem[] = [
  {
    text: 'Guide',
    items: [
      { text: 'The map', link: '/' },
      { text: 'Ashlar in ten minutes', link: '/guide/ten-minutes' },
    ],
  },
  { text: 'Packages', items: packages.map((name) => ({ text: name, link: `/packages/${name}` })) },
  { text: 'Failures', items: [{ text: 'All failures', link: '/failures/' }, ...pagesOf('failures')] },
  { text: 'Decisions', items: [{ text: 'Why it is so', link: '/decisions/' }, ...pagesOf('decisions')] },
]

export default defineConfig({
  title: 'Ashlar',
  description: 'Building blocks for enterprise domains in TypeScript',
  cleanUrls: true,
  lastUpdated: false,
  srcExclude: ['**/README.md'],
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/ten-minutes' },
      { text: 'Failures', link: '/failures/' },
      { text: 'Decisions', link: '/decisions/' },
      { text: 'Reference', link: '/api/' },
    ],
    sidebar: { '/api/': [{ text: 'Reference', link: '/api/', items: reference }], '/': guide },
    outline: [2, 3],
    search: { provider: 'local' },
  },
})

/** The pages of a folder but its index, called by their first heading. */
function pagesOf(folder: string): DefaultTheme.SidebarItem[] {
  const here = new URL(`../${folder}/`, import.meta.url)
  const pages = readdirSync(here).filter((file) => file.endsWith('.md') && file !== 'index.md')
  return pages.sort().map((file) => {
    const [, heading] = /^# (.+)$/m.exec(readFileSync(new URL(file, here), 'utf8')) ?? []
    return { text: heading ?? file, link: `/${folder}/${file.replace('.md', '')}` }
  })
}
