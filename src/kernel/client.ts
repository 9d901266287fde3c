// The typed client: the same contract that the server mounts. Runs in browsers, in tests and in the command line.
import type { Call, In, Out, Problem, Shape } from './contract.ts'

export class Refused extends Error {
  readonly code: string
  readonly status: number
  readonly problem: Problem
  constructor(status: number, problem: Problem) {
    super(problem.message)
    this.name = 'Refused'
    this.code = problem.error
    this.status = status
    this.problem = problem
  }
}

export type Client<C> = { [K in keyof C]: C[K] extends Call<infer I, infer O> ? (input: In<I>) => Promise<Out<O>> : never }

export interface Transport {
  (name: string, input: unknown): Promise<unknown>
}

export function client<C extends Record<string, Call<never, never>>>(c: C, send: Transport): Client<C> {
  return Object.fromEntries(Object.entries(c as unknown as Record<string, Call>).map(([k, call]) => [k, (input: unknown) => send(call.name, input)])) as Client<C>
}

/** One call by contract entry: `ask(send, billing.bills, {...})`. */
export const ask = <I extends Shape, O extends Shape>(send: Transport, call: Call<I, O>, input: In<I>): Promise<Out<O>> => send(call.name, input) as Promise<Out<O>>

/** HTTP transport. `base` is empty in the browser; a token is for tests and the command line, browsers use the cookie. */
export function overHttp(o: { face: string; base?: string; token?: () => string | undefined; timeout_ms?: number }): Transport {
  return async (name, input) => {
    const token = o.token?.()
    let res: Response
    try {
      res = await fetch(`${o.base ?? ''}/api/${name.replace('.', '/')}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-face': o.face, ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify(input ?? {}),
        signal: AbortSignal.timeout(o.timeout_ms ?? 60_000),
      })
    } catch {
      throw new Refused(0, { error: 'kernel.offline', message: '网络不通,请检查网络后重试' })
    }
    const body: unknown = await res.json().catch(() => null)
    if (!res.ok) throw new Refused(res.status, (body as Problem | null) ?? { error: 'kernel.fault', message: `服务器没有正常答复 (${res.status})` })
    return body
  }
}

/** Address of a download call, for links and windows. */
export const downloadUrl = <I extends Shape>(face: string, call: Call<I, Shape>, input: In<I>): string => {
  const [module, name] = call.name.split('.')
  return `/dl/${module}/${name}?face=${face}&input=${encodeURIComponent(JSON.stringify(input))}`
}
