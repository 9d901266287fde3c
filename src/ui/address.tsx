// State in the address: filters, pages, tabs. Values are plain text: '007' stays '007'.
import { useLocation, useParams, useRouter } from '@tanstack/react-router'
import { useCallback, useMemo, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from 'react'

export type Search = Record<string, string>
export const readSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text))
export function writeSearch(search: Record<string, string | number | boolean | null | undefined>): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(search)) if (v !== undefined && v !== null && v !== '') q.set(k, String(v))
  const text = q.toString()
  return text ? `?${text}` : ''
}

/** `const go = useGo(); go('/billing/bills?state=open')` */
export function useGo(): (path: string, o?: { replace?: boolean }) => void {
  const router = useRouter()
  return useCallback((path, o) => {
    const href = router.basepath.replace(/\/$/, '') + path
    if (o?.replace) router.history.replace(href)
    else router.history.push(href)
  }, [router])
}

export function useSearchState(): [Search, (change: Record<string, string | undefined>, o?: { push?: boolean }) => void] {
  const router = useRouter()
  const text = useLocation({ select: (l) => l.searchStr })
  const search = useMemo(() => readSearch(text), [text])
  const set = useCallback(
    (change: Record<string, string | undefined>, o?: { push?: boolean }) => {
      const l = router.history.location
      const href = `${l.pathname}${writeSearch({ ...readSearch(l.search), ...change })}`
      if (href === `${l.pathname}${l.search}`) return
      if (o?.push) router.history.push(href)
      else router.history.replace(href)
    },
    [router],
  )
  return [search, set]
}

/** A parameter of the address: `useParam('house_id')`. */
export function useParam(name: string): string {
  return (useParams({ strict: false }) as Record<string, string | undefined>)[name] ?? ''
}

/** A link inside the face: a real <a>, so middle click and copying the address work. */
export function Go({ to, children, onClick, ...rest }: { to: string; children: ReactNode } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>) {
  const router = useRouter()
  const go = useGo()
  const click = (e: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(e)
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
    e.preventDefault()
    go(to)
  }
  return (
    <a {...rest} href={router.basepath.replace(/\/$/, '') + to} onClick={click}>
      {children}
    </a>
  )
}
