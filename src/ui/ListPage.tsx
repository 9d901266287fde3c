// A list: query form, table, totals, paging, export, batch actions. Hand it the result of useList.
import { Button, Grid, Pagination, Skeleton, Table } from 'antd'
import { use, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { Go, useGo } from './address.tsx'
import type { Call } from './api.ts'
import { CannotButton, ExcelButton } from './bits.tsx'
import { count } from './format.ts'
import { toAntd, useColumns, type Column } from './columns.tsx'
import { FilterBar } from './FilterBar.tsx'
import { emptyText, inputOf, type ListState } from './list.ts'
import { ListTools } from './list_tools.ts'
import { RowCards } from './RowCards.tsx'
import { makeScrollable } from './scrollable.ts'
import { EmptyBlock, ErrorBlock } from './states.tsx'
import { t } from './t.ts'

type RowOf<D> = D extends { rows: readonly (infer R)[] } ? R & object : never

export interface Batch<R> {
  label: string
  danger?: boolean
  /** true, or the sentence that says why not. */
  can?: (rows: readonly R[]) => true | string
  /** Give true when done: the selection is then cleared. */
  run: (rows: readonly R[]) => Promise<boolean | void> | void
}

export interface ListPageProps<D extends { rows: readonly object[] }> extends ListState<D> {
  title: string
  /** Names the list for what is remembered about it: 'identity.members'. */
  name: string
  columns: readonly Column<RowOf<D>>[]
  row_key: keyof RowOf<D> & string
  /** The address that a row opens; the first column becomes the link. */
  href?: (row: RowOf<D>) => string
  /** Or what a row opens on the same page. */
  open?: (row: RowOf<D>) => void
  /** Buttons at the right of the heading: 新增 and so on. */
  actions?: ReactNode
  excel?: Call | undefined
  batch?: readonly Batch<RowOf<D>>[]
  /** Cells of the totals row by column key. */
  totals?: (data: D) => Partial<Record<string, ReactNode>>
  /** What to say and to offer when nothing is there. */
  empty?: { text: string; next?: ReactNode }
  /** A line between the filters and the table. */
  note?: ReactNode
  /** A tree or the like at the left. */
  side?: ReactNode
  /** A list inside a tab or drawer: no heading of its own, grows with its rows. */
  inside?: boolean
}

export function ListPage<D extends { rows: readonly object[]; total?: number }>(p: ListPageProps<D>) {
  type R = RowOf<D>
  const rows = (p.data?.rows ?? []) as readonly R[]
  const { shown, chooser } = useColumns<R>(p.name, p.columns)
  // What is picked belongs to the page it was picked on.
  const pick_key = JSON.stringify([p.asked, p.page, p.page_size])
  const [pick, setPick] = useState<{ key: string; rows: readonly R[] }>({ key: '', rows: [] })
  const picked = pick.key === pick_key ? pick.rows : []
  const setPicked = (now: readonly R[]) => setPick({ key: pick_key, rows: now })
  const listTools = use(ListTools)
  const tools = (
    <div className="hy-tools">
      {p.actions}
      {listTools && !p.inside && p.filters.length > 0 ? listTools({ name: p.name, filters: p.filters, search: p.search, setSearch: p.setSearch }) : null}
      {p.excel ? <ExcelButton call={p.excel} input={p.asked} /> : null}
      {chooser}
    </div>
  )
  return (
    <section className={p.inside ? 'hy-list hy-list-inside' : 'hy-list'} aria-label={p.title}>
      {p.inside ? null : <header className="hy-head"><h1>{p.title}</h1>{tools}</header>}
      <div className="hy-list-main">
        {p.side ? <aside className="hy-side">{p.side}</aside> : null}
        <div className="hy-list-body">
          <div className="hy-row">
            <FilterBar filters={p.filters} search={p.search} setSearch={p.setSearch} busy={p.fetching && !p.loading} again={p.retry} />
            {p.inside ? tools : null}
          </div>
          {p.note}
          {p.error && !p.data ? <div className="hy-table-box hy-scroll"><ErrorBlock error={p.error} retry={p.retry} /></div> : <ListTable p={p} rows={rows} shown={shown} picked={picked} setPicked={setPicked} />}
          {picked.length > 0 && p.batch ? <BatchBar batch={p.batch} rows={picked} clear={() => setPicked([])} /> : null}
          <footer className="hy-pager">
            <Pagination
              size="small" current={p.page} pageSize={p.page_size} total={p.data?.total ?? rows.length} showSizeChanger pageSizeOptions={[20, 50, 100, 200]}
              showTotal={(n) => (p.data === undefined ? '' : t('共 {n} 条', { n: count(n) }))}
              onChange={(page, size) => p.setSearch({ page: size === p.page_size && page > 1 ? String(page) : undefined, page_size: size === 20 ? undefined : String(size) })}
            />
          </footer>
        </div>
      </div>
    </section>
  )
}

interface TableProps<D extends { rows: readonly object[] }> {
  p: ListPageProps<D>
  rows: readonly RowOf<D>[]
  shown: Column<RowOf<D>>[]
  picked: readonly RowOf<D>[]
  setPicked: (rows: readonly RowOf<D>[]) => void
}
function ListTable<D extends { rows: readonly object[] }>({ p, rows, shown, picked, setPicked }: TableProps<D>) {
  type R = RowOf<D>
  const go = useGo()
  const [box, height] = useHeight()
  const first = shown[0]?.key
  const opens = p.href || p.open
  const wrap = (row: R, content: ReactNode): ReactNode =>
    p.href ? <Go to={p.href(row)}>{content}</Go> : p.open ? <Button type="link" className="hy-cell-link" onClick={(e) => { e.stopPropagation(); p.open?.(row) }}>{content}</Button> : content
  const openRow = (row: R) => (p.href ? go(p.href(row)) : p.open?.(row))
  const totals = p.totals && p.data ? p.totals(p.data) : undefined
  const filtered = Object.keys(inputOf(p.filters, p.search)).length > 0
  useEffect(() => makeScrollable(box.current, p.title))
  // On a phone's width each row is a card.
  const narrow = Grid.useBreakpoint().md === false
  if (p.loading) return <div ref={box} className="hy-table-box" role="status" aria-label="加载中"><Skeleton active title={false} paragraph={{ rows: 10, width: '100%' }} /></div>
  const wrapped = opens ? wrap : undefined
  if (narrow && rows.length > 0) return <div ref={box} className="hy-table-box hy-cards-box" aria-busy={p.fetching}><RowCards dense label={p.title} rows={rows} row_key={p.row_key} columns={shown} totals={totals} wrap={wrapped} pick={p.batch ? { picked, set: setPicked } : undefined} /></div>
  return (
    <div ref={box} className="hy-table-box" aria-busy={p.fetching}>
      <Table<R>
        size="small" rowKey={p.row_key} pagination={false} dataSource={rows as R[]} tableLayout={shown.some((c) => c.width !== undefined) ? 'fixed' : 'auto'}
        columns={shown.map((c) => toAntd(c, c.key === first ? wrapped : undefined))}
        scroll={{ x: shown.reduce((sum, c) => sum + (typeof c.width === 'number' ? c.width : 120), p.batch ? 44 : 0), ...(p.inside ? {} : { y: Math.max(200, height - 40 - (totals ? 38 : 0)) }) }}
        locale={{ emptyText: <EmptyBlock text={emptyText(p.empty?.text ?? t('没有符合条件的数据'), filtered)} next={filtered ? null : p.empty?.next} /> }}
        {...(opens ? { onRow: (row: R) => ({ className: 'hy-openable', onClick: (e) => { if (!isControl(e.target, e.currentTarget)) openRow(row) } }) } : {})}
        {...(p.batch ? { rowSelection: { columnWidth: 44, selectedRowKeys: picked.map((r) => (r as Record<string, unknown>)[p.row_key] as React.Key), onChange: (_k: React.Key[], r: R[]) => setPicked(r), getCheckboxProps: () => ({ 'aria-label': '选择此行' }) as never, getTitleCheckboxProps: () => ({ 'aria-label': '全选本页' }) as never } } : {})}
        {...(totals ? { summary: () => totalsRow({ keys: shown.map((c) => c.key), totals, shift: p.batch ? 1 : 0 }) } : {})}
      />
    </div>
  )
}

// A call, not a component: antd keeps the row at the bottom only when it sees Table.Summary itself.
function totalsRow({ keys, totals, shift }: { keys: readonly string[]; totals: Partial<Record<string, ReactNode>>; shift: number }) {
  return (
    <Table.Summary fixed>
      <Table.Summary.Row className="hy-totals">
        {shift ? <Table.Summary.Cell index={0} /> : null}
        {keys.map((k, i) => (
          <Table.Summary.Cell key={k} index={i + shift} {...(/_(fen|m2|count)$/.test(k) ? { align: 'right' as const } : {})}>
            {totals[k] ?? (i === 0 ? t('合计') : null)}
          </Table.Summary.Cell>
        ))}
      </Table.Summary.Row>
    </Table.Summary>
  )
}

function BatchBar<R>({ batch, rows, clear }: { batch: readonly Batch<R>[]; rows: readonly R[]; clear: () => void }) {
  const [busy, setBusy] = useState<string>()
  const run = async (b: Batch<R>) => {
    setBusy(b.label)
    try {
      if (await b.run(rows)) clear()
    } finally {
      setBusy(undefined)
    }
  }
  return (
    <div className="hy-batch" role="toolbar" aria-label="批量操作">
      <strong>{t('已选 {n} 项', { n: rows.length })}</strong>
      {batch.map((b) => {
        const can = b.can?.(rows) ?? true
        if (can !== true) return <CannotButton key={b.label} size="small" reason={can}>{b.label}</CannotButton>
        return <Button key={b.label} size="small" danger={b.danger ?? false} disabled={busy !== undefined && busy !== b.label} loading={busy === b.label} onClick={() => void run(b)}>{b.label}</Button>
      })}
      <Button size="small" type="link" onClick={clear}>{t('取消选择')}</Button>
    </div>
  )
}

/** A click on a link, button or box inside a row is its own, and so is a click inside something that floats above. */
function isControl(target: EventTarget, row: Element): boolean {
  const el = target as Element
  return !row.contains(el) || el.closest('a,button,input,label,.ant-checkbox-wrapper,.ant-table-selection-column') !== null || (getSelection()?.toString() ?? '') !== ''
}

function useHeight(): [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null)
  const [height, setHeight] = useState(480)
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const measure = () => setHeight(el.clientHeight)
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(el)
    return () => watch.disconnect()
  })
  return [box, height]
}
