// The road from a screen to the server: one transport, one cache, one way to read, one way to write.
import { QueryClient, keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { z } from 'zod'
import { Refused, ask, downloadUrl, overHttp, type Transport } from '../kernel/client.ts'
import type { Call, In, Out, Problem, Shape } from '../kernel/contract.ts'
import { newRequestId } from './request_id.ts'

export { Refused } from '../kernel/client.ts'
export type { Call, In, Out, Shape } from '../kernel/contract.ts'

// The page's security policy forbids `new Function`, which zod would try first.
z.config({ jitless: true })

let face = 'admin'
let send: Transport = overHttp({ face })
/** What became of one entry of a batch (kernel/batch.ts). */
export type Outcome = { status: 200; answer: unknown } | { status: number; problem: Problem } | { held: true }
/** Several writes in one request: the outbox of a phone. Each is judged for itself; only a broken network or an ended session concerns all. */
export async function sendBatch(entries: readonly { call: string; input: Record<string, unknown>; chain?: string }[]): Promise<readonly Outcome[]> {
  try {
    return ((await send('batch', { entries })) as { outcomes: readonly Outcome[] }).outcomes
  } catch (error) {
    const refused = asRefused(error)
    if (isExpired(refused)) home.expired()
    throw refused
  }
}
/** Once, at the start of a face. */
export function speakAs(name: string): void {
  face = name
  send = overHttp({ face })
}
export const faceName = (): string => face

type Listener = (refused: Refused) => void
const home: { refused: Listener; done: (text: string) => void; expired: () => void } = { refused: () => {}, done: () => {}, expired: () => {} }
/** The one home of toasts, and what happens when the session is over. */
export function listen(o: Partial<typeof home>): void {
  Object.assign(home, o)
}

export function asRefused(error: unknown): Refused {
  return error instanceof Refused ? error : new Refused(0, { error: 'kernel.fault', message: error instanceof Error ? error.message : '出错了' })
}
const isExpired = (r: Refused): boolean => r.code === 'kernel.not_signed_in'

async function sendOnce<I extends Shape, O extends Shape>(call: Call<I, O>, input: In<I>): Promise<Out<O>> {
  try {
    return await ask(send, call, input)
  } catch (error) {
    const refused = asRefused(error)
    if (isExpired(refused)) home.expired()
    throw refused
  }
}

const TRIES = 2
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      // Only the network and a busy server are worth a second try; a refusal stays a refusal.
      retry: (count, error) => count < TRIES && error instanceof Refused && (error.status === 0 || error.status === 503),
    },
  },
})

export interface Reading<T> {
  data: T | undefined
  /** Nothing to show yet. */
  loading: boolean
  /** Something older is shown while the new answer is under way. */
  fetching: boolean
  error: Refused | null
  retry: () => void
}
export interface ReadOptions<T = unknown> {
  enabled?: boolean
  /** Keeps the last answer on screen while the input changes: lists, search boxes. */
  keep?: boolean
  stale_ms?: number
  /** As a function of the last answer: only while something in it is still under way. */
  refresh_ms?: number | ((data: T | undefined) => number | undefined)
}

export const keyOf = (call: Call, input?: unknown): readonly unknown[] => (input === undefined ? [call.name] : [call.name, input])

/** `const house = useRead(property.house, { house_id })` */
export function useRead<I extends Shape, O extends Shape>(call: Call<I, O>, input: In<I>, o: ReadOptions<Out<O>> = {}): Reading<Out<O>> {
  const again = o.refresh_ms
  const q = useQuery<Out<O>, Refused>({
    queryKey: [call.name, input],
    queryFn: () => sendOnce(call, input),
    enabled: o.enabled ?? true,
    ...(o.keep ? { placeholderData: keepPreviousData as never } : {}),
    ...(o.stale_ms === undefined ? {} : { staleTime: o.stale_ms }),
    ...(again === undefined ? {} : { refetchInterval: typeof again === 'number' ? again : (x) => again(x.state.data) ?? false }),
  })
  return { data: q.data, loading: q.isPending && q.fetchStatus !== 'idle', fetching: q.isFetching, error: q.error, retry: () => void q.refetch() }
}

/** One read outside a component. */
export const readNow = <I extends Shape, O extends Shape>(call: Call<I, O>, input: In<I>): Promise<Out<O>> => sendOnce(call, input)

export interface WriteOptions<I extends Shape, O extends Shape> {
  /** Toast after success. */
  done?: string | ((answer: Out<O>, input: In<I>) => string)
  /** Reads to ask again; without it every read of the same module. */
  invalidates?: readonly Call[] | 'all'
  /** The form shows the refusal itself (`submitError`): no toast. */
  in_form?: boolean
}
export interface Writing<I extends Shape, O extends Shape> {
  /** Gives the answer, or undefined when it was refused: the refusal has been shown. `key` tells several buttons of one hook apart. */
  run: (input: In<I>, key?: string) => Promise<Out<O> | undefined>
  running: boolean
  error: Refused | null
  reset: () => void
}

interface Intention {
  request_id: string
  under_way?: Promise<unknown>
}

/**
 * `const add = useWrite(identity.addMember, { done: '已新增' })`, then `await add.run(input)`.
 * One intention has one request_id: a second click while it runs gets the same answer, a retry after a broken line is recognised by
 * the server, and a new id is made only after success or a definite refusal (a refused write left nothing behind).
 */
export function useWrite<I extends Shape, O extends Shape>(call: Call<I, O>, o: WriteOptions<I, O> = {}): Writing<I, O> {
  const client = useQueryClient()
  const intentions = useRef(new Map<string, Intention>())
  const [running, setRunning] = useState(0)
  const [error, setError] = useState<Refused | null>(null)
  const options = useRef(o)
  useEffect(() => {
    options.current = o
  })

  const run = useCallback(
    (input: In<I>, key = ''): Promise<Out<O> | undefined> => {
      const intention = intentions.current.get(key) ?? { request_id: newRequestId() }
      if (intention.under_way) return intention.under_way as Promise<Out<O> | undefined>
      intentions.current.set(key, intention)
      const attempt = async (): Promise<Out<O> | undefined> => {
        setRunning((n) => n + 1)
        setError(null)
        try {
          const answer = await sendOnce(call, { request_id: intention.request_id, ...(input as object) } as In<I>)
          intentions.current.delete(key)
          refresh(client, call, options.current.invalidates)
          const done = options.current.done
          if (done) home.done(typeof done === 'string' ? done : done(answer, input))
          return answer
        } catch (e) {
          const refused = asRefused(e)
          delete intention.under_way
          if (refused.status >= 400 && refused.status < 500) intentions.current.delete(key)
          setError(refused)
          if (!options.current.in_form && !isExpired(refused)) home.refused(refused)
          return undefined
        } finally {
          setRunning((n) => n - 1)
        }
      }
      const promise = attempt()
      // A write can be over before this line only if it threw synchronously; then nothing is under way.
      if (intentions.current.get(key) === intention) intention.under_way = promise
      return promise
    },
    [call, client],
  )
  const reset = useCallback(() => setError(null), [])
  return { run, running: running > 0, error, reset }
}

function refresh(client: QueryClient, call: { name: string }, invalidates: readonly Call[] | 'all' | undefined): void {
  if (invalidates === 'all') return void client.invalidateQueries()
  const module = `${call.name.split('.')[0]}.`
  const names = invalidates?.map((c) => c.name)
  void client.invalidateQueries({ predicate: (q) => (names ? names.includes(String(q.queryKey[0])) : String(q.queryKey[0]).startsWith(module)) })
}

/** Address of a file for a link; the browser downloads it. */
export const fileUrl = <I extends Shape>(call: Call<I, Shape>, input: In<I>): string => downloadUrl(face, call, input)
