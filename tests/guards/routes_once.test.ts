// An address leads to one page: the second of two with one address is reached by nobody (two pages of residents were /water).
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const pathsOf = (text: string): string[] => [...text.matchAll(/\{ path: '([^']+)'/g)].map((m) => m[1]!)
const twice = (paths: readonly string[]): string[] => [...new Set(paths.filter((p, i) => paths.indexOf(p) !== i))]
/** Menu entries name addresses too; what follows `routes:` are the pages. */
const pages = (file: string): string[] => pathsOf(readFileSync(file, 'utf8').replace(/^[\s\S]*?routes:/, ''))

test.each(['resident', 'staff'])('no two pages of the %s face have one address', (face) => {
  const paths = pathsOf(readFileSync(`src/apps/${face}/routes.tsx`, 'utf8'))
  expect(paths.length).toBeGreaterThan(10)
  expect(twice(paths)).toEqual([])
})
test('no two pages of the admin face have one address', () => {
  const paths = globSync('src/modules/*/admin/index.tsx').flatMap(pages)
  expect(paths.length).toBeGreaterThan(100)
  expect(twice(paths)).toEqual([])
})
test('a planted one is found', () => {
  expect(twice(pathsOf(`{ path: '/water', page: a }, { path: '/x', page: b }, { path: '/water', page: c }`))).toEqual(['/water'])
})
