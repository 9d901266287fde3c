// Calls of the sample's staff, by the same road as every other call: parsed, permitted, audited, once per request id. Sessions are
// opened in this process and closed at once; what remains is who it is.
import { z } from 'zod'
import { answer, type Answer, type App } from '../kernel/app.ts'
import { nowIso, dayOf, setClock } from '../kernel/clock.ts'
import { contract, sentence, write, type Call, type In, type Out, type Shape } from '../kernel/contract.ts'
import { inTransaction } from '../kernel/db.ts'
import { uuidOf } from '../kernel/ids.ts'
import { Refusal } from '../kernel/refuse.ts'
import { Scope, system, type Who } from '../kernel/scope.ts'
import { answerKept, serve } from '../kernel/serve.ts'
import { openSession } from '../modules/identity/server/sessions.ts'
import { identity } from '../modules/identity/contract.ts'

export interface Person {
  company_id: number
  who: Who
}

/** A transaction as the system: for reading, and for what no public call does. */
export function inside<T>(app: App, company_id: number, run: (scope: Scope) => Promise<T>): Promise<T> {
  const now = nowIso()
  return inTransaction(app.d, { company_id }, (tx) => run(new Scope({ who: system, company_id, now, today: dayOf(now), tx, request_id: null, may: 'system', dry_run: false })))
}

/** The person of a login name, by a session of this process that is ended before it is used by anybody. */
export async function personOf(app: App, company_id: number, login: string): Promise<Person> {
  const account = (await app.d.pool.query<{ account_id: string }>('select account_id from identity.account where login = $1', [login])).rows[0]
  if (!account) throw new Error(`样例账号 ${login} 不存在`)
  const { token } = await inside(app, 0, (scope) => openSession(scope, account.account_id, company_id, 'staff'))
  const found = await app.whoIs(token, { ip: null, agent: '样例装载', face: 'admin' })
  if (!found) throw new Error(`样例账号 ${login} 不能登录(可能已停用)`)
  await serve(app, app.answers.get(identity.signOut.name)!, { ...found, input: {} })
  return found
}

/** A step of the loader that is more than one public call: one transaction with audit and request id, as this person. */
const steps = contract('world', {
  step: write({ zh: '装入样例数据', may: 'signed_in', takes: z.object({ request_id: z.uuid(), what: z.string() }), gives: z.object({ count: z.int() }) }),
})

/** The road of one company, with a memory of what was done before. */
export class Road {
  readonly app: App
  readonly company_id: number
  private readonly name: string
  private readonly done: Set<string>
  private constructor(app: App, name: string, company_id: number, done: Set<string>) {
    this.app = app
    this.name = name
    this.company_id = company_id
    this.done = done
  }
  static async open(app: App, name: string, company_id: number): Promise<Road> {
    const rows = await inside(app, company_id, (s) => s.db.selectFrom('kernel.request').select('request_id').where('company_id', '=', company_id).where('answer', 'is not', null).execute())
    return new Road(app, name, company_id, new Set(rows.map((r) => r.request_id)))
  }
  private id(key: readonly (string | number)[]): string {
    return uuidOf('heyuan sample', this.name, ...key)
  }
  has(...key: (string | number)[]): boolean {
    return this.done.has(this.id(key))
  }
  /** A public write, once. Again, it gives the answer of the first time. */
  async call<I extends Shape, O extends Shape>(as: Person, key: readonly (string | number)[], call: Call<I, O>, input: In<I>): Promise<Out<O>> {
    const request_id = this.id(key)
    const a = this.app.answers.get(call.name)
    if (!a) throw new Error(`no answer for ${call.name}`)
    if (this.done.has(request_id)) {
      const row = await inside(this.app, this.company_id, (s) => s.db.selectFrom('kernel.request').select('answer').where('company_id', '=', this.company_id).where('request_id', '=', request_id).executeTakeFirst())
      if (row) return answerKept(row.answer) as Out<O>
    }
    const given = await this.run(a, as, { ...(input as object), request_id }, key)
    this.done.add(request_id)
    return given as Out<O>
  }
  /** Reads, and writes that carry no request id. */
  async ask<I extends Shape, O extends Shape>(as: Person, call: Call<I, O>, input: In<I>): Promise<Out<O>> {
    return (await this.run(this.app.answers.get(call.name)!, as, input, [call.name])) as Out<O>
  }
  /** One transaction of our own, once. `may` is the permission by which its rows are reached. */
  async step(as: Person, key: readonly (string | number)[], may: string, run: (scope: Scope) => Promise<number>): Promise<void> {
    if (this.has(...key)) return
    const request_id = this.id(key)
    const own: Answer = answer({ ...steps.step, may }, async (scope) => ({ count: await run(scope) }))
    await this.run(own, as, { request_id, what: key.join(' ') }, key)
    this.done.add(request_id)
  }
  private async run(a: Answer, as: Person, input: unknown, key: readonly (string | number)[]): Promise<unknown> {
    try {
      return await serve(this.app, a, { ...as, input: JSON.parse(JSON.stringify(input)) as unknown })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      throw new Error(`样例步骤「${key.join(' ')}」被拒绝:${sentence(this.app.words.get(error.code) ?? error.code, error.params)}(${a.call.name},${as.who.name})`, { cause: error })
    }
  }
}

/** Whether a call of the road was refused with this code. */
export const isRefusal = (error: unknown, code: string): boolean => error instanceof Error && error.cause instanceof Refusal && error.cause.code === code

/** Independent calls, a few at a time: the process and the database work at once. */
export async function several<T>(list: readonly T[], run: (x: T) => Promise<unknown>, at_once = 4): Promise<void> {
  const queue = [...list]
  await Promise.all(Array.from({ length: at_once }, async () => {
    for (let x = queue.shift(); x !== undefined; x = queue.shift()) await run(x)
  }))
}

/** Runs with the clock of this process standing at an instant. */
export async function at<T>(iso: string, run: () => Promise<T>): Promise<T> {
  setClock(iso)
  try {
    return await run()
  } finally {
    setClock(undefined)
  }
}
