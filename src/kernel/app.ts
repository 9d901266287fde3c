// The list of everything that answers, listens and works: composed by src/apps/modules.ts, read by server, worker, tests.
import type { Call, In, Out, Shape, Words } from './contract.ts'
import type { Database } from './db.ts'
import type { Scope, Who } from './scope.ts'
import type { Readable } from 'node:stream'

export interface FileAnswer {
  name: string
  type: string
  body: Buffer | Readable
  /** Shown in the browser instead of saved. */
  inline?: boolean
}
// The road hands parsed input in, so the input type here is what the shape gives out.
export interface Answer {
  call: Call
  run: (scope: Scope, input: never) => Promise<unknown>
  /** See TxOptions. */
  by_key?: boolean
  plan_once?: boolean
}
export const answer = <I extends Shape, O extends Shape>(call: Call<I, O>, run: (scope: Scope, input: Out<I>) => Promise<In<O>>, o: Pick<Answer, 'by_key' | 'plan_once'> = {}): Answer => ({ call, run: run as Answer['run'], ...o })
export const answerFile = <I extends Shape>(call: Call<I, Shape>, run: (scope: Scope, input: Out<I>) => Promise<FileAnswer>): Answer => ({ call, run: run as Answer['run'] })

export interface Listener {
  /** Unique; also the name of its job. */
  name: string
  event: string
  run: (scope: Scope, payload: Record<string, unknown>) => Promise<void>
}

/** What a running job can do besides its payload. Each `tx` is one transaction as the company of the job. */
export interface Work {
  company_id: number
  job_id: number
  account_id: string | null
  payload: Record<string, unknown>
  tx<T>(run: (scope: Scope) => Promise<T>): Promise<T>
  progress(done: number, total?: number): Promise<void>
  /** True when somebody asked to cancel, or the lease was lost. */
  stopped(): Promise<boolean>
}
export interface JobKind {
  name: string
  run: (work: Work) => Promise<Record<string, unknown> | void>
}
/** A schedule run by the worker for every company (or once, for 'platform'). */
export interface Schedule {
  name: string
  every_s: number
  of: 'company' | 'platform'
  run: (work: Work) => Promise<void>
}

export interface Module {
  name: string
  contract: Record<string, Call>
  words: Words
  answers: Answer[]
  listeners?: Listener[]
  jobs?: JobKind[]
  schedules?: Schedule[]
  /** Proofs over one company's rows: each must find nothing. Run at night and by `heyuan verify`. */
  sweeps?: ((scope: Scope) => Promise<Finding[]>)[]
}
/** What one proof found. */
export interface Finding {
  code: string
  zh: string
  ok: boolean
  broken_count: number
  examples: string[]
}

export interface App {
  d: Database
  /** Folder for files, keys, sealed heads. */
  data_dir: string
  mode: 'sample' | 'empty' | 'test'
  modules: readonly Module[]
  answers: ReadonlyMap<string, Answer>
  listenersOf: ReadonlyMap<string, Listener[]>
  words: ReadonlyMap<string, string>
  permissionWords: ReadonlyMap<string, string>
  /** Chinese names of what is audited without being a call. */
  doings: ReadonlyMap<string, string>
  /** Chinese of what the audit notes: by 'module.subject', and by the subject alone where one module has it. */
  subjects: ReadonlyMap<string, string>
  /** Turns the token of a request into a person; given by identity. */
  whoIs: (token: string, from: { ip: string | null; agent: string | null; face: Who['face'] }) => Promise<{ who: Who; company_id: number } | null>
}

export function compose(o: Omit<App, 'answers' | 'listenersOf' | 'words' | 'permissionWords' | 'doings' | 'subjects'>, kernel: Words): App {
  const answers = new Map<string, Answer>()
  const words = new Map(Object.entries(kernel.refusals))
  const permissionWords = new Map<string, string>()
  for (const m of o.modules) {
    for (const a of m.answers) {
      if (answers.has(a.call.name)) throw new Error(`two answers for ${a.call.name}`)
      answers.set(a.call.name, a)
    }
    for (const call of Object.values(m.contract)) if (!answers.has(call.name)) throw new Error(`no answer for ${call.name}`)
    for (const [k, v] of Object.entries(m.words.refusals)) words.set(k, v)
    for (const [k, v] of Object.entries(m.words.permissions)) permissionWords.set(k, v)
  }
  const doings = new Map([...Object.entries(kernel.doings ?? {}), ...o.modules.flatMap((m) => Object.entries(m.words.doings ?? {}))])
  const listenersOf = Map.groupBy(o.modules.flatMap((m) => m.listeners ?? []), (l) => l.event)
  const subjects = new Map<string, string>()
  for (const m of o.modules) for (const [k, zh] of Object.entries(m.words.subjects ?? {})) for (const key of [`${m.name}.${k}`, k]) if (!subjects.has(key)) subjects.set(key, zh)
  return { ...o, answers, listenersOf, words, permissionWords, doings, subjects }
}
