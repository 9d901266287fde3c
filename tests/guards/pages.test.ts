// Every page of the admin face is opened by the walk, and the map of capabilities names what is there.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AUTHORITY_PAGES, PAGES } from '../walks/pages.ts'

const ROUTE = /path: '(\/[^']*)'/g
const routes = readdirSync('src/modules').flatMap((m) => {
  const file = `src/modules/${m}/admin/index.tsx`
  return existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(ROUTE)].map((x) => x[1]!) : []
})
const bare = (path: string): string => path.replace(/\?.*$/, '')
const unopened = (pages: readonly string[]): string[] => {
  const opened = new Set(pages.map(bare))
  return [...new Set(routes)].filter((r) => !r.includes('$') && !opened.has(r))
}

test('every page that has an address of its own is opened by the walk', () => {
  expect(routes.length).toBeGreaterThan(150)
  expect(unopened([...PAGES, ...AUTHORITY_PAGES])).toEqual([])
  // The guard sees one that is left out.
  expect(unopened([...PAGES, ...AUTHORITY_PAGES].filter((p) => bare(p) !== '/payment/refunds'))).toEqual(['/payment/refunds'])
})

const MAP = readFileSync('docs/capabilities.md', 'utf8')
interface Row {
  id: string
  state: string
  modules: string[]
  pages: string[]
  tests: string[]
  rest: string
}
const rowsOf = (text: string): Row[] => [...text.matchAll(/^\| ([A-Z]+-\d\d) \| (\S+) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$/gm)].map(([, id, state, modules, pages, tests, rest]) => ({
  id: id!, state: state!, modules: modules!.split(' ').filter(Boolean), pages: [...pages!.matchAll(/`([^`]+)`/g)].map((x) => x[1]!), tests: [...tests!.matchAll(/`([^`]+)`/g)].map((x) => x[1]!), rest: rest!.trim(),
}))
function wrong(rows: readonly Row[]): string[] {
  const known = new Set(['/', ...routes])
  return rows.flatMap((r) => [
    ...r.modules.filter((m) => !existsSync(m.startsWith('src/') ? m : m === 'kernel' ? 'src/kernel' : `src/modules/${m}`)).map((m) => `${r.id}: no module ${m}`),
    ...r.pages.filter((p) => !known.has(bare(p))).map((p) => `${r.id}: no page ${p}`),
    ...r.tests.filter((t) => !existsSync(t)).map((t) => `${r.id}: no test ${t}`),
    ...(r.state === '无' ? [] : r.tests.length === 0 ? [`${r.id}: nothing proves it`] : []),
    ...(r.state === '有' || r.rest ? [] : [`${r.id}: does not say what is missing`]),
    ...(['有', '部分', '无'].includes(r.state) ? [] : [`${r.id}: ${r.state}`]),
  ])
}
test('the map of capabilities names modules, pages and tests that are there', () => {
  const rows = rowsOf(MAP)
  expect(rows).toHaveLength(107)
  expect(new Set(rows.map((r) => r.id)).size).toBe(107)
  expect(wrong(rows)).toEqual([])
  const [first] = rows
  expect(wrong([{ ...first!, modules: ['propertty'], pages: ['/nowhere'], tests: [], state: '部分', rest: '' }])).toEqual(['REG-01: no module propertty', 'REG-01: no page /nowhere', 'REG-01: nothing proves it', 'REG-01: does not say what is missing'])
})
