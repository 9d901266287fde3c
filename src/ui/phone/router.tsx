// A router of our own for the phones: history addresses under the face's base, one lazy page each. TanStack Router would cost 26 KB gzip.
import { Suspense, createContext, lazy, useCallback, useContext, useEffect, useSyncExternalStore, type AnchorHTMLAttributes, type ComponentType, type ReactNode } from 'react'

export interface PhoneRoute {
  /** '/bills/$bill_id' */
  path: string
  page: () => Promise<{ default: ComponentType }>
}
interface Made {
  parts: string[]
  Page: ComponentType
}
interface State {
  depth: number
}

let base = ''
const listeners = new Set<() => void>()
const tell = (): void => listeners.forEach((l) => l())
const depthNow = (): number => (history.state as State | null)?.depth ?? 0
const scrolled = new Map<string, number>()
const placeOf = (): string => `${depthNow()} ${location.pathname}`

/** Once, at the start of a face: '/resident'. */
export function startRouter(at: string): void {
  base = at
  history.scrollRestoration = 'manual'
  addEventListener('popstate', tell)
}
export const hrefOf = (path: string): string => base + path

export function go(path: string, o: { replace?: boolean } = {}): void {
  scrolled.set(placeOf(), scrollY)
  const depth = depthNow()
  if (o.replace) history.replaceState({ depth }, '', hrefOf(path))
  else history.pushState({ depth: depth + 1 }, '', hrefOf(path))
  tell()
}
/** The page before, or `otherwise` when this one was opened from outside (a message, WeChat). */
export function goBack(otherwise: string): void {
  if (depthNow() > 0) {
    scrolled.set(placeOf(), scrollY)
    history.back()
  } else go(otherwise, { replace: true })
}

const subscribe = (l: () => void): (() => void) => {
  listeners.add(l)
  return () => void listeners.delete(l)
}
const addressNow = (): string => location.pathname + location.search
export const useAddress = (): string => useSyncExternalStore(subscribe, addressNow)
export function usePath(): string {
  const path = useAddress().split('?')[0]!.slice(base.length)
  return path === '' ? '/' : path
}
export function useQueryText(name: string): string | undefined {
  return new URLSearchParams(useAddress().split('?')[1] ?? '').get(name) ?? undefined
}
/** Changes one parameter of the address in place: a tab, a filter. */
export function useQuerySetter(): (name: string, value: string | undefined) => void {
  return useCallback((name, value) => {
    const q = new URLSearchParams(location.search)
    if (value === undefined) q.delete(name)
    else q.set(name, value)
    const text = q.toString()
    history.replaceState(history.state, '', location.pathname + (text ? `?${text}` : ''))
    tell()
  }, [])
}

const Params = createContext<Record<string, string>>({})
export function useParam(name: string): string {
  const value = useContext(Params)[name]
  if (value === undefined) throw new Error(`no ${name} in this address`)
  return value
}

export function Link({ to, onClick, ...rest }: { to: string; children: ReactNode } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>) {
  return (
    <a
      {...rest}
      href={hrefOf(to)}
      onClick={(e) => {
        onClick?.(e)
        if (e.defaultPrevented || e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return
        e.preventDefault()
        go(to)
      }}
    />
  )
}

function match(parts: readonly string[], path: string): Record<string, string> | undefined {
  const given = path.split('/').filter(Boolean)
  if (given.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, part] of parts.entries()) {
    if (part.startsWith('$')) params[part.slice(1)] = decodeURIComponent(given[i]!)
    else if (part !== given[i]) return undefined
  }
  return params
}

export function makeRoutes(routes: readonly PhoneRoute[]): readonly Made[] {
  return routes.map((r) => ({ parts: r.path.split('/').filter(Boolean), Page: lazy(r.page) }))
}

function find(routes: readonly Made[], path: string): { r: Made; params: Record<string, string> } | undefined {
  for (const r of routes) {
    const params = match(r.parts, path)
    if (params) return { r, params }
  }
  return undefined
}

export function Routes({ routes, loading, missing }: { routes: readonly Made[]; loading: ReactNode; missing: ReactNode }) {
  const path = usePath()
  const found = find(routes, path)
  useEffect(() => {
    scrollTo(0, scrolled.get(placeOf()) ?? 0)
  }, [path])
  if (!found) return <>{missing}</>
  return (
    <Params value={found.params}>
      <Suspense fallback={loading}>
        <found.r.Page key={path} />
      </Suspense>
    </Params>
  )
}
