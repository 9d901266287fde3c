import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
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
