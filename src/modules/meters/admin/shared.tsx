// Small parts of the pages about meters.
import { Input, Select } from 'antd'
import { useMemo, useState } from 'react'
import { trimDecimal } from '../../../kernel/money.ts'
import { fileUrl, useRead } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import type { Option } from '../../../ui/list.ts'
import { property } from '../../property/contract.ts'
import { meters, type MeterRow } from '../contract.ts'
import { words } from '../words.ts'

export const say = (of: string, code: string | null | undefined): string => (code ? (words.states?.[of]?.[code] ?? code) : '—')
/** '444.000' → '444'. */
export const short = (v: string | null | undefined): string => (v === null || v === undefined ? '—' : trimDecimal(v))
/** A chart is drawn from floats; no amount follows from them. */
export const plotted = (v: string): number => Number(v)

/** Buildings of the chosen community, or of all. */
export function useBuildings(community_id?: string): readonly Option[] {
  const tree = useRead(property.tree, {}, { stale_ms: 300_000 })
  return useMemo(
    () => (tree.data?.communities ?? []).filter((c) => !community_id || c.community_id === community_id).flatMap((c, _i, all) => c.buildings.map((b) => ({ value: b.building_id, label: all.length > 1 ? `${c.name} ${b.name}` : b.name }))),
    [tree.data, community_id],
  )
}

export function PhotoLink({ meter_id, period }: { meter_id: string; period: string }) {
  return <a href={fileUrl(meters.readingPhoto, { meter_id, period })} target="_blank" rel="noreferrer">照片</a>
}

/** A main or shared meter by name or number; the value is its point, which outlives the device. */
export function PointPicker({ value, onChange, id, kind, community_id, shown, label = '选择总表' }: Control & { kind?: MeterRow['kind'] | undefined; community_id?: string | undefined; shown?: string | undefined; label?: string }) {
  const [q, setQ] = useState('')
  const found = useRead(meters.meters, { use: 'shared', removed: false, page_size: 50, ...(kind ? { kind } : {}), ...(community_id ? { community_id } : {}), ...(q ? { q } : {}) }, { keep: true })
  const options = (found.data?.rows ?? []).map((m) => ({ value: m.point_id, label: `${m.house_label}(${m.no})` }))
  if (typeof value === 'string' && value && shown && !options.some((o) => o.value === value)) options.unshift({ value, label: shown })
  return (
    <Select
      {...(id ? { id } : {})} aria-label={label} allowClear showSearch={{ filterOption: false, onSearch: setQ }} placeholder={label} style={{ width: '100%' }} loading={found.loading}
      value={(value as string | null | undefined) ?? null} onChange={(v: string | null | undefined) => onChange?.(v ?? null)} options={options} notFoundContent={found.loading ? '正在查找' : '没有找到总表或公用表'}
    />
  )
}

export interface RegisterValue {
  register: string
  reading: string
}
/** One number a register: its readings when something is read, its starts when a device is entered. */
export function RegisterInputs({ value, onChange, registers, previous }: Control & { registers: readonly string[]; previous?: Readonly<Record<string, string>> }) {
  const now = new Map(((value as RegisterValue[] | undefined) ?? []).map((p) => [p.register, p.reading]))
  const set = (register: string, reading: string) => onChange?.(registers.flatMap((r) => { const v = r === register ? reading : now.get(r); return v ? [{ register: r, reading: v }] : [] }))
  return (
    <div className="hy-stack">
      {registers.map((r) => (
        <div key={r} className="hy-line">
          <span style={{ width: 44 }}>{say('register', r)}</span>
          <Input style={{ width: 140 }} inputMode="decimal" aria-label={`${say('register', r)}读数`} value={now.get(r) ?? ''} onChange={(e) => set(r, e.target.value.trim())} />
          {previous?.[r] ? <span className="hy-muted">上次 {short(previous[r])}</span> : null}
        </div>
      ))}
    </div>
  )
}
