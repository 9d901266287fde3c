// What tests stand on: an application on a clone of the template database, and people who call it as themselves.
//   const t = await testApp()           // a company with one person per built-in role, and a second company
//   const r = await t.as('cashier')(billing.bills, { page: 1 })
//   await expectRefused(t.as('visitor')(property.saveHouse, {...}), 'kernel.forbidden')
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject } from 'vitest'
import { makeApp } from '../src/apps/modules.ts'
import type { App } from '../src/kernel/app.ts'
import { nowIso, dayOf, setClock } from '../src/kernel/clock.ts'
import { Refused } from '../src/kernel/client.ts'
import type { Call, In, Out, Shape } from '../src/kernel/contract.ts'
import { inTransaction } from '../src/kernel/db.ts'
import { uuidv7 } from '../src/kernel/ids.ts'
import { Scope, system, type Face } from '../src/kernel/scope.ts'
import { problemOf, serve } from '../src/kernel/serve.ts'
import { startWorker, type Worker } from '../src/kernel/worker.ts'
import { createCompany } from '../src/modules/identity/server/index.ts'
import { identity } from '../src/modules/identity/contract.ts'
import type { ApprovalKind } from '../src/modules/system/server/index.ts'
import { onServer, withDatabase } from './global.ts'

export type Caller = <I extends Shape, O extends Shape>(call: Call<I, O>, input: In<I>) => Promise<Out<O>>
export const ROLES = ['manager', 'finance', 'cashier', 'service', 'steward', 'foreman', 'repairer', 'reader', 'user', 'visitor'] as const
export type Person = 'admin' | (typeof ROLES)[number] | 'other_admin' | 'cashier2' | 'finance2' | 'nobody'

export interface TestApp {
  app: App
  url: string
  data_dir: string
  company_id: number
  other_company_id: number
  /** Calls as a person with one built-in role over the whole company, the other company's admin, or nobody signed in. */
  as(person: Person): Caller
  /** Calls with any session token. */
  withToken(token: string | undefined, face?: Face): Caller
  tokens: Map<string, string>
  worker: Worker
  /** Runs all due jobs and events. */
  drain(): Promise<number>
  /** A transaction as the system, for arranging and for looking. */
  inside<T>(run: (scope: Scope) => Promise<T>, company_id?: number): Promise<T>
  /** A member of staff with these grants; gives a caller. */
  hire(role_code: string, grant?: { scope_kind: 'company' | 'community' | 'building'; scope_ids: string[] }): Promise<Caller & { account_id: string; token: string }>
  /** Signs a resident in by phone, reading the code that was sent. */
  resident(phone: string): Promise<Caller & { token: string }>
}

const PASSWORD = 'Zhi-Hui-9-Yuan'

export async function testApp(o: { approvals?: readonly ApprovalKind[] } = {}): Promise<TestApp> {
  const name = `t_${randomBytes(6).toString('hex')}`
  const server = inject('serverUrl')
  await onServer(server, `create database ${name} template ${inject('template')}`)
  const url = withDatabase(server, name)
  const data_dir = mkdtempSync(join(tmpdir(), 'heyuan-test-'))
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const app = makeApp({ url, data_dir, mode: 'test', name: 'test', max: 12, ...o })
  const worker = startWorker(app, { listen: false })
  const tokens = new Map<string, string>()
  const withToken = (token: string | undefined, face: Face = 'api'): Caller => (call, input) => viaRoad(app, token, face, call as Call, input) as never
  const first = await company(app, '安居物业测试公司', 'admin')
  const second = await company(app, '另一家物业公司', 'other_admin')
  const t: TestApp = {
    app, url, data_dir, company_id: first, other_company_id: second, tokens, worker, withToken,
    as: (person) => withToken(person === 'nobody' ? undefined : tokens.get(person)),
    drain: () => worker.drain(),
    inside: (run, company_id = first) => inside(app, company_id, run),
    hire: (role, grant) => hire(t, role, grant),
    resident: (phone) => resident(t, phone),
  }
  for (const p of ['admin', 'other_admin']) tokens.set(p, await signIn(t, p, PASSWORD))
  const everyone: [Person, string][] = [...ROLES.map((r) => [r, r] as [Person, string]), ['cashier2', 'cashier'], ['finance2', 'finance']]
  for (const [person, role] of everyone) tokens.set(person, (await hire(t, role)).token)
  afterAll(async () => {
    setClock(undefined)
    await worker.stop()
    await app.d.end()
    await onServer(server, `drop database if exists ${name} with (force)`)
    rmSync(data_dir, { recursive: true, force: true })
  })
  return t
}

async function viaRoad(app: App, token: string | undefined, face: Face, call: Call, input: unknown): Promise<unknown> {
  const a = app.answers.get(call.name)
  if (!a) throw new Error(`no answer for ${call.name}`)
  const known = token ? await app.whoIs(token, { ip: '127.0.0.1', agent: 'test', face }) : null
  const asked = known ?? { company_id: 0, who: { kind: 'anonymous' as const, account_id: null, name: '未登录', phone: null, face, ip: '127.0.0.1', agent: 'test', session: null, grants: [] } }
  try {
    // Through JSON, as over the wire.
    const out = await serve(app, a, { ...asked, input: input === undefined ? undefined : JSON.parse(JSON.stringify(input)) })
    return call.kind === 'download' ? out : JSON.parse(JSON.stringify(out ?? null))
  } catch (error) {
    const { status, problem } = problemOf(app, error, { call: call.name })
    if (status === 500) throw error // a fault in a test is a failure to read, not a problem to match
    throw new Refused(status, problem)
  }
}

export function inside<T>(app: App, company_id: number, run: (scope: Scope) => Promise<T>): Promise<T> {
  const now = nowIso()
  return inTransaction(app.d, { company_id }, (tx) => run(new Scope({ who: system, company_id, now, today: dayOf(now), tx, request_id: null, may: 'system', dry_run: false })))
}

async function company(app: App, name: string, login: string): Promise<number> {
  return (await inside(app, 0, (scope) => createCompany(scope, { name, short_name: name.slice(0, 4), admin_name: `${login} 管理员`, login, password: PASSWORD }, app.permissionWords.keys()))).company_id
}
async function signIn(t: TestApp, login: string, password: string): Promise<string> {
  return ((await t.withToken(undefined)(identity.signIn, { login, password })) as { session: { token: string } }).session.token
}

let hired = 0
async function hire(t: TestApp, role_code: string, grant: { scope_kind: 'company' | 'community' | 'building'; scope_ids: string[] } = { scope_kind: 'company', scope_ids: [] }): Promise<Caller & { account_id: string; token: string }> {
  const { rows } = await t.as('admin')(identity.roles, {})
  const role = rows.find((r) => r.code === role_code)
  if (!role) throw new Error(`no role ${role_code}`)
  const login = `p${++hired}_${randomBytes(3).toString('hex')}`
  const made = await t.as('admin')(identity.addMember, { name: `${role.name}${hired}`, login, grants: [{ role_id: role.role_id, ...grant }] })
  const token = await signIn(t, login, made.first_password)
  return Object.assign(t.withToken(token), { account_id: made.account_id, token })
}

async function resident(t: TestApp, phone: string): Promise<Caller & { token: string }> {
  await t.withToken(undefined, 'resident')(identity.askCode, { phone })
  const sent = await t.app.d.pool.query<{ payload: { params: { code: string } } }>(`select payload from kernel.job where name = 'messages.send_sms' and payload->>'phone' = $1 order by job_id desc limit 1`, [phone])
  const code = sent.rows[0]?.payload.params.code
  if (!code) throw new Error(`no code was sent to ${phone}`)
  const { session } = (await t.withToken(undefined, 'resident')(identity.signInByCode, { phone, code })) as { session: { token: string } }
  // A second sign-in of the same phone within the minute would be refused as too often.
  await t.app.d.pool.query(`update identity.code set created_at = created_at - interval '2 minutes' where phone = $1`, [phone])
  return Object.assign(t.withToken(session.token, 'resident'), { token: session.token })
}

/** The call must be refused with this code. */
export async function expectRefused(call: Promise<unknown>, code: string): Promise<Refused> {
  const error = await call.then(() => null, (e: unknown) => e)
  expect(error, `expected refusal ${code}, but the call was answered`).toBeInstanceOf(Refused)
  expect((error as Refused).code).toBe(code)
  return error as Refused
}
export const rid = (): string => uuidv7()
export const someId = (): string => randomUUID()
