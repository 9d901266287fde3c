import { Button, Input } from 'antd'
import { useMemo, useRef, useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { today } from '../../../kernel/clock.ts'
import { meters, type ReadingRow } from '../contract.ts'
import { words } from '../words.ts'

const TONES = { good: 'good', suspect: 'warn', corrected: 'busy' } as const
const short = (v: string | null): string => (v === null ? '—' : v.includes('.') ? v.replace(/0+$/, '').replace(/\.$/, '') : v)

export default function ReadingsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'month', name: 'period', label: '账期' },
      { kind: 'text', name: 'q', label: '关键词', placeholder: '房号、表号' },
      { kind: 'select', name: 'kind', label: '表种', options: optionsOf(words.states?.['meter_kind']) },
      { kind: 'select', name: 'state', label: '进度', options: optionsOf(words.states?.['round_state']) },
    ],
    [],
  )
  const list = useList(meters.readings, { filters, fixed: { period, ...(place_id ? { community_id: place_id } : {}) }, page_size: 50 })
  const [typed, setTyped] = useState<ReadonlyMap<string, string>>(new Map())
  const [correcting, setCorrecting] = useState<ReadingRow>()
  const [confirming, setConfirming] = useState<ReadingRow>()
  const save = useWrite(meters.saveReadings, { done: (a) => `已保存 ${a.saved_count} 块${a.suspect_count ? `,其中 ${a.suspect_count} 块存疑` : ''}` })
  const confirm = useWrite(meters.confirmReading, { in_form: true, done: '已确认' })
  const box = useRef<HTMLDivElement>(null)
  const writes = may('meters.reading.write')
  const saveAll = async () => {
    const rows = [...typed].filter(([, v]) => v !== '').map(([meter_id, reading]) => ({ meter_id, reading }))
    if (rows.length && (await save.run({ period, read_on: today(), rows }))) setTyped(new Map())
  }
  const next = (el: HTMLElement) => {
    const all = [...(box.current?.querySelectorAll<HTMLInputElement>('input.mt-reading') ?? [])]
    all[all.indexOf(el as HTMLInputElement) + 1]?.focus()
  }
  const columns: readonly Column<ReadingRow>[] = [
    { key: 'house_label', title: '房号', width: 120, always: true },
    { key: 'kind', title: '表种', width: 80, show: (r) => words.states?.['meter_kind']?.[r.kind] },
    { key: 'meter_no', title: '表号', width: 130 },
    { key: 'previous', title: '上次读数', width: 100, align: 'right', show: (r) => short(r.previous) },
    {
      key: 'reading', title: '本次读数', width: 130, always: true,
      show: (r) =>
        r.can.record === true ? (
          <Input
            className="mt-reading" size="small" inputMode="decimal" aria-label={`本次读数 ${r.house_label} ${words.states?.['meter_kind']?.[r.kind] ?? ''}`} value={typed.get(r.meter_id) ?? ''} status={/^(\d{1,9}(\.\d{1,3})?)?$/.test(typed.get(r.meter_id) ?? '') ? '' : 'error'}
            onChange={(e) => setTyped(new Map(typed).set(r.meter_id, e.target.value.trim()))} onPressEnter={(e) => next(e.currentTarget)}
          />
        ) : short(r.reading),
    },
    { key: 'usage', title: '用量', width: 90, align: 'right', show: (r) => short(r.usage) },
    { key: 'mean_usage', title: '平均用量', width: 95, align: 'right', show: (r) => short(r.mean_usage) },
    { key: 'state', title: '状态', width: 85, show: (r) => (r.state ? <StateTag value={r.state} words={words.states?.['reading_state']} tones={TONES} /> : <span className="hy-muted">未抄</span>) },
    { key: 'read_on', title: '抄表日', width: 105 },
    { key: 'source', title: '来源', width: 80, show: (r) => (r.source ? words.states?.['source']?.[r.source] : '—') },
    { key: 'read_by_name', title: '抄表人', width: 95 },
    { key: 'note', title: '备注', width: 150 },
    {
      key: 'act', title: '操作', width: 130,
      show: (r) => (r.reading_id && writes ? <span className="hy-line">{r.state === 'suspect' ? <CanButton size="small" can={r.can.confirm} words={words} onClick={() => setConfirming(r)}>确认</CanButton> : null}<CanButton size="small" type="link" can={r.can.correct} words={words} onClick={() => setCorrecting(r)}>更正</CanButton></span> : '—'),
    },
  ]
  const p = list.data?.progress
  const waiting = [...typed.values()].filter((v) => v !== '').length
  return (
    <div ref={box} style={{ height: '100%' }}>
      <ListPage
        {...list} title="抄表" name="meters.readings" columns={columns} row_key="meter_id" excel={meters.readingsExcel}
        actions={writes ? <Button type="primary" disabled={waiting === 0} loading={save.running} onClick={() => void saveAll()}>保存{waiting ? ` ${waiting} 块` : ''}</Button> : null}
        note={p ? <div className="hy-line"><strong>{period}</strong><span>共 {p.meter_count} 块,已抄 {p.read_count} 块</span>{p.suspect_count ? <Button size="small" type="link" onClick={() => setSearch({ state: 'suspect', page: undefined })}>存疑 {p.suspect_count} 块</Button> : null}</div> : null}
        empty={{ text: '没有需要抄的表' }}
      />
      {correcting ? <Correct row={correcting} close={() => setCorrecting(undefined)} /> : null}
      {confirming ? (
        <ReasonModal open title={`确认 ${confirming.house_label} 的读数`} label="核实情况" submit="确认无误" onClose={() => setConfirming(undefined)} loading={confirm.running} submitError={confirm.error} suggestions={['现场复核无误', '业主确认用量', '管道漏水已修']} onConfirm={async (note) => { if (await confirm.run({ reading_id: confirming.reading_id ?? '', note })) setConfirming(undefined) }}>
          <p>本次用量 {short(confirming.usage)},平均 {short(confirming.mean_usage)}。</p>
        </ReasonModal>
      ) : null}
    </div>
  )
}

function Correct({ row, close }: { row: ReadingRow; close: () => void }) {
  const save = useWrite(meters.correctReading, { in_form: true, done: '已更正' })
  return (
    <FormDrawer
      open onClose={close} title={`更正 ${row.house_label} ${row.period} 读数`} call={meters.correctReading} loading={save.running} submitError={save.error} submit="更正"
      fields={[{ name: 'reading', kind: 'decimal', help: `上次 ${short(row.previous)},原录 ${short(row.reading)}` }, 'reason']} fixed={{ reading_id: row.reading_id ?? '' }} initial={{ reading: row.reading ?? '' }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
