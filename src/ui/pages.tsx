// Shells of pages that are not lists. Each demands loading and error.
import { Button, Tabs } from 'antd'
import { Suspense, type ReactNode } from 'react'
import type { Refused } from './api.ts'
import { useGo, useSearchState } from './address.tsx'
import { ErrorBlock, LoadingBlock } from './states.tsx'

interface Base {
  title: ReactNode
  loading: boolean
  error: Refused | null
  retry?: () => void
  actions?: ReactNode
}

/** A page that shows something: settings, reports, an account. */
export function ReadPage({ title, loading, error, retry, actions, note, children }: Base & { note?: ReactNode; children: ReactNode }) {
  return (
    <section className="hy-page">
      <header className="hy-head"><h1>{title}</h1><div className="hy-tools">{actions}</div></header>
      {note}
      {error ? <ErrorBlock error={error} retry={retry} /> : loading ? <LoadingBlock /> : children}
    </section>
  )
}

/** A page that is one surface: house board, plan, counter. Uses the whole height; `side` may hold a tree. */
export function BoardPage({ title, loading, error, retry, actions, side, legend, children }: Base & { side?: ReactNode; legend?: ReactNode; children: ReactNode }) {
  return (
    <section className="hy-board">
      <header className="hy-head"><h1>{title}</h1>{legend}<div className="hy-tools">{actions}</div></header>
      <div className="hy-board-main">
        {side ? <aside className="hy-side">{side}</aside> : null}
        <div className="hy-board-body">{error ? <ErrorBlock error={error} retry={retry} /> : loading ? <LoadingBlock rows={10} /> : children}</div>
      </div>
    </section>
  )
}

export interface DetailTab {
  key: string
  label: string
  badge?: number | undefined
  children: () => ReactNode
}
export interface DetailProps extends Base {
  /** Address of the list this came from. */
  back?: string
  /** Tags beside the title. */
  tags?: ReactNode
  /** Label and value, above the tabs. */
  facts?: readonly (readonly [label: string, value: ReactNode])[]
  tabs?: readonly DetailTab[]
  children?: ReactNode
}
/** One thing: header with facts and actions (CanButton), tabs kept in the address (?tab=). Only the open tab is rendered and asks. */
export function DetailPage({ title, loading, error, retry, actions, back, tags, facts, tabs, children }: DetailProps) {
  const go = useGo()
  const [search, setSearch] = useSearchState()
  const open = tabs?.find((t) => t.key === search['tab']) ?? tabs?.[0]
  return (
    <section className="hy-page">
      <header className="hy-head">
        {back ? <Button onClick={() => go(back)} aria-label="返回列表">←</Button> : null}
        <h1>{loading ? '加载中…' : title}</h1>
        {loading || error ? null : tags}
        <div className="hy-tools">{loading || error ? null : actions}</div>
      </header>
      {error ? <ErrorBlock error={error} retry={retry} /> : loading ? <LoadingBlock /> : (
        <>
          {facts?.length ? <Facts facts={facts} /> : null}
          {children}
          {tabs && open ? (
            <div className="hy-card hy-detail-tabs">
              <Tabs
                activeKey={open.key} onChange={(k) => setSearch({ tab: k })} destroyOnHidden
                items={tabs.map((t) => ({ key: t.key, label: t.badge ? `${t.label} (${t.badge})` : t.label, children: t.key === open.key ? <Suspense fallback={<LoadingBlock />}>{t.children()}</Suspense> : null }))}
              />
            </div>
          ) : null}
        </>
      )}
    </section>
  )
}

/** Labels and values in as many columns as fit. */
export function Facts({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="hy-card hy-facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value === null || value === undefined || value === '' ? '—' : value}</dd>
        </div>
      ))}
    </dl>
  )
}
