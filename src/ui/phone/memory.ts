// An answer that work needs without network: read from the server when there is one, else what the phone kept of it.
import { useQuery } from '@tanstack/react-query'
import { nowIso } from '../../kernel/clock.ts'
import { Refused, asRefused, type Reading } from '../api.ts'
import { keep, kept } from './phone_store.ts'

export interface Remembered<T> {
  value: T
  saved_at: string
  /** Shown from the phone's memory because there is no network. */
  old: boolean
}
/** What the server says, else what the phone kept. Begin `key` with ownerOf(me): what is kept goes at sign-out. */
export async function withMemory<T>(key: string, ask: () => Promise<T>): Promise<Remembered<T>> {
  try {
    const value = await ask()
    await keep(key, value).catch(() => undefined)
    return { value, saved_at: nowIso(), old: false }
  } catch (error) {
    const refused = asRefused(error)
    const before = refused.status === 0 ? await kept<T>(key).catch(() => undefined) : undefined
    if (!before) throw refused
    return { ...before, old: true }
  }
}
/** `name`: the call's name first, so that a sent entry of its module asks again. */
export function useMemory<T>(name: readonly unknown[], key: string, ask: () => Promise<T>, o: { refresh_ms?: number; enabled?: boolean } = {}): Reading<Remembered<T>> {
  const q = useQuery<Remembered<T>, Refused>({ queryKey: [...name, key], queryFn: () => withMemory(key, ask), retry: false, staleTime: 15_000, enabled: o.enabled ?? true, ...(o.refresh_ms ? { refetchInterval: o.refresh_ms } : {}) })
  // Not asked, because whoever looks may not: by an old link or an address typed in.
  const barred = o.enabled === false && q.data === undefined ? new Refused(403, { error: 'kernel.forbidden', message: '您的岗位没有这项权限,需要时请联系管理员' }) : null
  return { data: q.data, loading: q.isPending && q.fetchStatus !== 'idle', fetching: q.isFetching, error: q.error ?? barred, retry: () => void q.refetch() }
}
