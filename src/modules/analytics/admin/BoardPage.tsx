// 房态图: floors from the top, units side by side, as the building is seen from outside.
import { Button, Select } from 'antd'
import { memo, useCallback, useMemo, type KeyboardEvent } from 'react'
import type { z } from 'zod'
import { useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { count, money } from '../../../ui/format.ts'
import { BoardPage } from '../../../ui/pages.tsx'
import { usePlace } from '../../../ui/session.ts'
import { EmptyBlock } from '../../../ui/states.tsx'
import { property } from '../../property/contract.ts'
import { words } from '../../property/words.ts'
import { analytics, type BoardCell } from '../contract.ts'
import './board.css'

type Cell = z.output<typeof BoardCell>
const STATES = words.states?.['house_state'] ?? {}

export default function HouseBoardPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const tree = useRead(property.tree, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const buildings = useMemo(() => (tree.data?.communities ?? []).flatMap((c) => c.buildings.filter((b) => b.house_count > 0).map((b) => ({ value: b.building_id, label: `${c.name} ${b.name}` }))), [tree.data])
  const building_id = search['building_id'] ?? buildings[0]?.value
  const board = useRead(analytics.houseBoard, { building_id: building_id ?? '' }, { enabled: building_id !== undefined })
  const at = buildings.findIndex((b) => b.value === building_id)
  const step = (n: number) => setSearch({ building_id: buildings[at + n]?.value })
  const only = search['only']
  return (
    <BoardPage
      title={board.data ? `房态图 · ${board.data.building_name}` : '房态图'}
      loading={tree.loading || (building_id !== undefined && board.loading)} error={tree.error ?? board.error} retry={() => { tree.retry(); board.retry() }}
      legend={board.data ? <Legend cells={board.data.cells} money={board.data.shows_money} only={only} choose={(k) => setSearch({ only: k === only ? undefined : k })} /> : null}
      actions={
        <>
          <Button aria-label="上一栋" disabled={at <= 0} onClick={() => step(-1)}>‹</Button>
          <Select aria-label="楼栋" style={{ width: 200 }} showSearch={{ optionFilterProp: 'label' }} options={buildings} value={building_id ?? null} onChange={(v) => setSearch({ building_id: v })} />
          <Button aria-label="下一栋" disabled={at < 0 || at >= buildings.length - 1} onClick={() => step(1)}>›</Button>
          <Button onClick={() => print()}>打印</Button>
        </>
      }
    >
      {board.data?.cells.length ? <Units cells={board.data.cells} money={board.data.shows_money} only={only} /> : <EmptyBlock text="这栋楼还没有房产" />}
    </BoardPage>
  )
}

function Legend({ cells, money: shows, only, choose }: { cells: Cell[]; money: boolean; only: string | undefined; choose: (k: string) => void }) {
  const n = (k: string) => cells.filter((c) => fits(c, k)).length
  return (
    <div className="bd-legend" role="group" aria-label="图例">
      {Object.entries(STATES).map(([k, label]) => (
        <button key={k} type="button" className="bd-key" aria-pressed={only === k} onClick={() => choose(k)}><i className={`bd-dot bd-${k}`} />{label} {count(n(k))}</button>
      ))}
      {shows ? <button type="button" className="bd-key" aria-pressed={only === 'debt'} onClick={() => choose('debt')}><i className="bd-dot bd-debt" />欠费 {count(n('debt'))}</button> : null}
    </div>
  )
}
const fits = (c: Cell, only: string | undefined): boolean => only === undefined || (only === 'debt' ? c.arrears_fen > 0 : c.state === only)

function Units({ cells, money: shows, only }: { cells: Cell[]; money: boolean; only: string | undefined }) {
  const go = useGo()
  const open = useCallback((house_id: string) => go(`/property/houses/${house_id}`), [go])
  const units = useMemo(() => [...Map.groupBy(cells, (c) => c.unit_no ?? '')].sort(([a], [b]) => a.localeCompare(b, 'zh', { numeric: true })), [cells])
  return (
    <div className="bd-units" onKeyDown={move}>
      {units.map(([unit, list]) => {
        const floors = [...Map.groupBy(list, (c) => c.floor_no)].sort(([a], [b]) => b - a)
        return (
          <table key={unit} className="bd-unit">
            <caption>{unit ? `${unit}单元` : '本栋'}</caption>
            <tbody>
              {floors.map(([floor, row]) => (
                <tr key={floor}>
                  <th scope="row" className="bd-floor">{floor < 0 ? `负${-floor}` : floor}层</th>
                  {row.toSorted((a, b) => a.room_no.localeCompare(b.room_no, 'zh', { numeric: true })).map((c) => <td key={c.house_id}><House c={c} shows={shows} dim={!fits(c, only)} open={open} /></td>)}
                </tr>
              ))}
            </tbody>
          </table>
        )
      })}
    </div>
  )
}

const House = memo(function House({ c, shows, dim, open }: { c: Cell; shows: boolean; dim: boolean; open: (id: string) => void }) {
  const owes = shows && c.arrears_fen > 0
  return (
    <button
      type="button" className={`bd-cell bd-${c.state}${owes ? ' bd-debt' : ''}${dim ? ' bd-dim' : ''}`} onClick={() => open(c.house_id)}
      aria-label={`${c.label} ${STATES[c.state]} ${c.owner_names || '无业主'}${owes ? ` 欠费 ${money(c.arrears_fen)} 元` : ''}`} title={`${c.label} ${STATES[c.state]}${owes ? ` 欠费 ${money(c.arrears_fen)} 元,${c.arrears_count} 笔` : ''}`}
    >
      <b>{c.room_no}</b>
      <span>{c.owner_names || '—'}</span>
      {owes ? <span className="bd-owes">欠 {money(c.arrears_fen)}</span> : <span>{STATES[c.state]}</span>}
    </button>
  )
})

/** Arrow keys walk from house to house. */
function move(e: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key]
  const here = (e.target as Element).closest('td')
  if (!step || !here) return
  e.preventDefault()
  const row = here.parentElement as HTMLTableRowElement
  const target = step[0] === 0 ? (row.cells[here.cellIndex + step[1]!] ?? null) : ((row[step[0] === -1 ? 'previousElementSibling' : 'nextElementSibling'] as HTMLTableRowElement | null)?.cells[here.cellIndex] ?? null)
  target?.querySelector('button')?.focus()
}
