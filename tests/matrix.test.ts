// The access matrix: every call tried for real as every persona; the outcome at the door is written to a committed file that
// reviewers read as a diff. `in` = let in (whatever the rows then said), `403`, `401`. Any fault is red. Writes are dry runs.
import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { contracts } from '../src/apps/contracts.ts'
import { Refused } from '../src/kernel/client.ts'
import { sampleInput } from './sample_input.ts'
import { ROLES, testApp, type Caller, type TestApp } from './harness.ts'

const FILE = new URL('../docs/generated/access-matrix.txt', import.meta.url)
let t: TestApp
const personas = new Map<string, Caller>()

beforeAll(async () => {
  t = await testApp()
  const phone = '13912345678'
  await t.inside(async (s) => void (await s.db.insertInto('identity.resident_phone').values({ phone, company_id: t.company_id }).execute()))
  personas.set('nobody', t.as('nobody'))
  personas.set('resident', await t.resident(phone))
  for (const r of ROLES) personas.set(r, t.as(r))
  personas.set('admin', t.as('admin'))
})

/** These end the session or the password of the persona that tries them, or begin an installation. */
const SPENDS = new Set(['identity.signOut', 'identity.switchCompany', 'identity.changePassword', 'identity.endSession'])

async function tried(call: (typeof contracts)[number]['contract'][string], as: Caller): Promise<string> {
  const input = sampleInput(call.takes) as Record<string, unknown>
  try {
    await as(call as never, (call.kind === 'write' ? { ...input, ...(SPENDS.has(call.name) ? {} : { dry_run: true }) } : input) as never)
    return 'in'
  } catch (error) {
    if (!(error instanceof Refused)) throw new Error(`${call.name} faulted`, { cause: error })
    return error.status === 401 ? '401' : error.code === 'kernel.forbidden' ? '403' : 'in'
  }
}

test('every call of the contracts is answered, and the matrix is the committed one', async () => {
  const names = [...personas.keys()]
  const rows: string[] = [`# Access matrix: in = let in, 403 = lacks the permission, 401 = must sign in. Written by tests/matrix.test.ts; update with UPDATE_MATRIX=1.`, ['call', 'may', ...names].join(' | ')]
  for (const m of contracts)
    for (const call of Object.values(m.contract)) {
      const cells: string[] = []
      for (const n of names) cells.push(SPENDS.has(call.name) && n !== 'nobody' ? (call.may === 'signed_in' ? 'in' : '?') : await tried(call, personas.get(n)!))
      rows.push([call.name, call.may, ...cells].join(' | '))
    }
  const text = `${rows.join('\n')}\n`
  if (process.env['UPDATE_MATRIX']) writeFileSync(FILE, text)
  expect(text, 'the access matrix changed: look at the difference, then run with UPDATE_MATRIX=1').toBe(readFileSync(FILE, 'utf8'))
}, 300_000)

test('every answered call stands in a contract of the list', () => {
  const listed = new Set(contracts.flatMap((m) => Object.values(m.contract).map((c) => c.name)))
  expect([...t.app.answers.keys()].filter((n) => !listed.has(n))).toEqual([])
})
