import { Button, Checkbox, Input } from 'antd'
import { useMemo, useRef, useState } from 'react'
import { compareDecimal } from '../../../kernel/money.ts'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { meters, type ReadingRow } from '../contract.ts'
import { words } from '../words.ts'
import { Correct, EstimateDrawer, Release, Settle } from './ReadingForms.tsx'
import { PhotoLink, say, short, useBuildings } from './shared.tsx'

export const TONES = { good: 'good', suspect: 'warn', corrected: 'busy' } as const
const VALUE = /^\d{1,10}(\.\d{1,4})?$/
interface Typed {
  reading: string
  rolled: boolean
  parts: Readonly<Record<string, string>>
}
const NOTHING: Typed = { reading: '', rolled: false, parts: {} }
type Act = { what: 'correct' | 'settle' | 'confirm'; row: ReadingRow }

/** What is wrong or odd about a typed value, before it is sent. The server decides. */
function hintOf(r: ReadingRow, t: Typed): string {
  if (t.reading === '') return ''
  if (!VALUE.test(t.reading)) return '应为数字'
  if (r.previous !== null && compareDecimal(t.reading, r.previous) < 0 && !t.rolled) return r.estimated_since !== null && compareDecimal(t.reading, r.estimated_since) >= 0 ? '低于上次估抄,差额自动扣回' : r.whole_digits ? '小于上次:过零请勾选' : '小于上次'
  return ''
}

export default function ReadingsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const buildings = useBuildings(place_id)
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'month', name: 'period', label: '账期' },
      { kind: 'select', name: 'building_id', label: '楼栋', options: buildings },
      { kind: 'select', name: 'kind', label: '表种', options: optionsOf(words.states?.['meter_kind']) },
      { kind: 'select', name: 'state', label: '进度', options: optionsOf(words.states?.['round_state']) },
      { kind: 'text', name: 'q', label: '关键词', placeholder: '房号、表号、名称', more: false },
    ],
    [buildings],
  )
  const list = useList(meters.readings, { filters, fixed: { period, ...(place_id ? { community_id: place_id } : {}) }, page_size: 100 })
  const [typed, setTyped] = useState<ReadonlyMap<string, Typed>>(new Map())
  const [act, setAct] = useState<Act>()
  const [estimating, setEstimating] = useState<readonly ReadingRow[]>()
  const save = useWrite(meters.saveReadings, { done: (a) => `已保存 ${a.saved_count} 块${a.suspect_count ? `,其中 ${a.suspect_count} 块存疑,须由另一人放行` : ''}` })
  const box = useRef<HTMLDivElement>(null)
  const writes = may('meters.reading.write')
  const waiting = [...typed].filter(([, v]) => v.reading !== '')
  const saveAll = async () => {
    const bad = waiting.filter(([, v]) => !VALUE.test(v.reading))
    if (bad.length) return toast.warn(`有 ${bad.length} 个读数不是数字,请改正红框中的内容`)
    const rows = waiting.map(([meter_id, v]) => ({ meter_id, reading: v.reading, ...(v.rolled ? { rolled: true } : {}), ...(Object.keys(v.parts).length ? { parts: Object.entries(v.parts).filter(([, x]) => x !== '').map(([register, reading]) => ({ register: register as 'peak', reading })) } : {}) }))
    if (rows.length && (await save.run({ period, read_on: today(), rows }))) setTyped(new Map())
  }
  const step = (el: HTMLElement, by: 1 | -1) => {
    const all = [...(box.current?.querySelectorAll<HTMLInputElement>('input.mt-reading') ?? [])]
    const to = all[all.indexOf(el as HTMLInputElement) + by]
    to?.focus()
    to?.select()
  }
  const set = (id: string, change: Partial<Typed>) => setTyped(new Map(typed).set(id, { ...(typed.get(id) ?? NOTHING), ...change }))
  const cell = (r: ReadingRow) => {
    const v = typed.get(r.meter_id) ?? NOTHING
    const hint = hintOf(r, v)
    const low = r.previous !== null && VALUE.test(v.reading) && compareDecimal(v.reading, r.previous) < 0
    const keys = (e: { key: string; currentTarget: HTMLElement; preventDefault: () => void }) => {
      if (e.key === 'ArrowDown' || e.key === 'Enter') { e.preventDefault(); step(e.currentTarget, 1) }
      if (e.key === 'ArrowUp') { e.preventDefault(); step(e.currentTarget, -1) }
    }
    return (
      <span className="hy-stack" style={{ gap: 4 }}>
        <Input className="mt-reading" size="small" inputMode="decimal" aria-label={`本次读数 ${r.house_label} ${say('meter_kind', r.kind)}`} value={v.reading} status={hint && !hint.startsWith('低于') ? 'error' : ''} onChange={(e) => set(r.meter_id, { reading: e.target.value.trim().replace('。', '.') })} onKeyDown={keys} />
        {r.parts.map((p) => <Input key={p.register} className="mt-reading" size="small" prefix={say('register', p.register)} suffix={<span className="hy-muted">{short(p.previous)}</span>} inputMode="decimal" aria-label={`${say('register', p.register)}读数 ${r.house_label}`} value={v.parts[p.register] ?? ''} onChange={(e) => set(r.meter_id, { parts: { ...v.parts, [p.register]: e.target.value.trim() } })} onKeyDown={keys} />)}
        {low && r.whole_digits ? <Checkbox checked={v.rolled} onChange={(e) => set(r.meter_id, { rolled: e.target.checked })}>过零</Checkbox> : null}
        {hint ? <small className={hint.startsWith('低于') ? 'hy-muted' : 'hy-red'}>{hint}</small> : null}
      </span>
    )
  }
  const columns: readonly Column<ReadingRow>[] = [
    { key: 'house_label', title: '位置', width: 140, always: true, show: (r) => <Go to={`/meters/meters/${r.meter_id}`}>{r.house_label}</Go> },
    { key: 'kind', title: '表种', width: 70, show: (r) => say('meter_kind', r.kind) },
    { key: 'meter_no', title: '表号', width: 130 },
    { key: 'previous', title: '上次读数', width: 95, align: 'right', show: (r) => short(r.previous) },
    { key: 'reading', title: '本次读数', width: 160, always: true, show: (r) => (r.can.record === true ? cell(r) : <span>{r.rolled ? '过零 → ' : ''}{short(r.reading)}</span>) },
    { key: 'usage', title: '用量', width: 85, align: 'right', show: (r) => short(r.usage) },
    { key: 'mean_usage', title: '平常', width: 85, align: 'right', show: (r) => short(r.mean_usage) },
    { key: 'state', title: '状态', width: 130, show: (r) => (r.state ? <span><StateTag value={r.state} words={words.states?.['reading_state']} tones={TONES} />{r.doubts.length && r.state === 'suspect' ? <small className="hy-muted" style={{ display: 'block' }}>{r.doubts.map((d) => say('doubt', d)).join('、')}</small> : null}</span> : r.unread ? <span>未抄:{say('unread_reason', r.unread.reason)}{r.unread.note ? <small className="hy-muted" style={{ display: 'block' }}>{r.unread.note}</small> : null}</span> : <span className="hy-muted">未抄</span>) },
    { key: 'read_on', title: '抄表日', width: 105 },
    { key: 'source', title: '来源', width: 70, show: (r) => (r.source ? say('source', r.source) : '—') },
    { key: 'read_by_name', title: '抄表人', width: 90 },
    { key: 'note', title: '备注', width: 140 },
    {
      key: 'act', title: '操作', width: 190, fixed: 'right',
      show: (r) => (
        <span className="hy-line">
          {r.has_photo || r.unread?.has_photo ? <PhotoLink meter_id={r.meter_id} period={r.period} /> : null}
          {r.reading_id && r.state === 'suspect' ? <CanButton size="small" can={r.can.confirm} words={words} onClick={() => setAct({ what: 'confirm', row: r })}>放行</CanButton> : null}
          {r.reading_id && writes ? (r.can.settle === true ? <Button size="small" type="link" onClick={() => setAct({ what: 'settle', row: r })}>出账后更正</Button> : <CanButton size="small" type="link" can={r.can.correct} words={words} onClick={() => setAct({ what: 'correct', row: r })}>更正</CanButton>) : null}
        </span>
      ),
    },
  ]
  const p = list.data?.progress
  const asked = list.asked as Parameters<typeof meters.readingSheet.takes.parse>[0] & { period: string }
  const more = (state: string, label: string, n: number) => (n ? <Button size="small" type="link" onClick={() => setSearch({ state, page: undefined })}>{label} {n} 块</Button> : null)
  return (
    <div ref={box} style={{ height: '100%' }}>
      <ListPage
        {...list} title="抄表" name="meters.readings" columns={columns} row_key="meter_id" excel={meters.readingsExcel}
        batch={writes ? [{ label: '估抄', can: (rows) => (rows.every((r) => r.can.record === true) ? true : '只能选还没有抄的表'), run: (rows) => setEstimating(rows) }] : []}
        actions={<>
          <Button href={fileUrl(meters.readingSheet, asked)} target="_blank">打印抄表单</Button>
          {writes ? <Button type="primary" disabled={waiting.length === 0} loading={save.running} onClick={() => void saveAll()}>保存{waiting.length ? ` ${waiting.length} 块` : ''}</Button> : null}
        </>}
        note={p ? <div className="hy-line"><strong>{period}</strong><span>共 {p.meter_count} 块,已抄 {p.read_count} 块</span>{more('missing', '未抄', p.meter_count - p.read_count)}{more('unread', '有未抄原因', p.unread_count)}{more('estimate', '估抄', p.estimate_count)}{more('suspect', '存疑', p.suspect_count)}</div> : null}
        empty={{ text: '没有需要抄的表' }}
      />
      {act?.what === 'correct' ? <Correct row={act.row} close={() => setAct(undefined)} /> : null}
      {act?.what === 'settle' ? <Settle row={act.row} close={() => setAct(undefined)} /> : null}
      {act?.what === 'confirm' ? <Release row={act.row} close={() => setAct(undefined)} /> : null}
      {estimating ? <EstimateDrawer rows={estimating} period={period} close={() => setEstimating(undefined)} /> : null}
    </div>
  )
}
