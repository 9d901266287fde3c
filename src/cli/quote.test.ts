import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { faultOf } from '../kernel/json_place.ts'
import { projectRoot } from '../kernel/pg/place.ts'

const dir = mkdtempSync(join(tmpdir(), 'heyuan-quote-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function quote(tariff: unknown, cases: unknown): { code: number | null; out: string; err: string } {
  const paths = Object.entries({ tariff, cases }).map(([name, value]) => {
    const path = join(dir, `${name}.json`)
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
    return path
  })
  // No database anywhere: the address leads nowhere.
  const env = { ...process.env, HEYUAN_DATA: join(dir, 'none'), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  const ran = spawnSync(process.execPath, [join(projectRoot, 'src/apps/cli.ts'), 'quote', '--tariff', paths[0]!, '--cases', paths[1]!], { env, encoding: 'utf8', timeout: 120_000 })
  return { code: ran.status, out: ran.stdout, err: ran.stderr }
}

test('prints one object a case with id, amount_fen and rows that add up; without a database', () => {
  const { code, out } = quote({ shape: 'metered', cycle: 'year', tiers: [{ to: '180', price: '2.07' }, { price: '4.07' }] }, [{ id: 'a', usage: '20', usage_to_date: '170' }, { id: 'b', usage: 10, expect: '20.70' }])
  expect(code).toBe(0)
  const list = JSON.parse(out) as { id: string; amount_fen: number; lines: { text: string; amount_fen: number }[] }[]
  expect(list.map((x) => [x.id, x.amount_fen])).toEqual([['a', 6140], ['b', 2070]])
  for (const x of list) expect(x.lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(x.amount_fen)
})

test('a bad case says field and reason and leaves the others; a wrong expectation is exit code 1', () => {
  const { code, out } = quote({ shape: 'charge', by: 'area', price: '2' }, [{ id: 'bad', area: 'x' }, { id: 'good', area: '10', expect: '21' }])
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject([{ id: 'bad', error: { field: 'built_area_m2', reason: expect.stringContaining('数字') } }, { id: 'good', amount_fen: 2000, as_expected: false }])
})

test('a bad tariff is refused with every fault', () => {
  expect(quote({ shape: 'metered' }, [])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('tiers:写 price') })
  expect(quote('{', [])).toMatchObject({ code: 1, err: expect.stringContaining('不是有效的 JSON') })
})

const plain = { shape: 'charge', by: 'area', price: '2' }
test.each([
  ['NaN', '[{"id":"a","area":NaN}]', '第 1 行第 19 个字起'],
  ['a comma too many, in the third line', '[\n{"id":"a","area":1},\n]', '第 3 行第 1 个字起'],
  ['cut off', '[{"id":"a"', '没有写完整'],
  ['an empty file', '', '没有内容'],
  ['not a list', '"all"', 'JSON 数组'],
])('a file of cases that cannot be read is refused in Chinese and says nothing on stdout: %s', (_, cases, words) => {
  const ran = quote(plain, cases)
  expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(words) })
  expect(ran.err).not.toMatch(/Unexpected|JSON at|token/)
})
test('no cases give an empty array; a folder, a path that leads nowhere and a missing flag are told', () => {
  const none = quote(plain, [])
  expect([none.code, JSON.parse(none.out)]).toEqual([0, []])
  const run = (...args: string[]) => {
    const ran = spawnSync(process.execPath, [join(projectRoot, 'src/apps/cli.ts'), 'quote', ...args], { encoding: 'utf8', timeout: 120_000 })
    return [ran.status, ran.stdout, ran.stderr]
  }
  const tariff = join(dir, 'tariff.json')
  expect(run('--tariff', tariff, '--cases', dir)).toEqual([1, '', expect.stringContaining('文件夹')])
  expect(run('--tariff', join(dir, 'nowhere.json'), '--cases', tariff)).toEqual([1, '', expect.stringContaining('请检查路径')])
  expect(run('--tariff', tariff)).toEqual([2, '', expect.stringContaining('--cases')])
})

test('the place of a fault is found exactly where there is one', () => {
  const good = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', 'NaN', '"', '}', '1', '\n', '\\'), (text, at, put) => {
      const broken = text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + (at % 2))
      expect([broken, faultOf(broken) === null]).toEqual([broken, good(broken)])
    }),
    { numRuns: 500 },
  )
  expect(faultOf('['.repeat(200_000))).toBeNull()
})
