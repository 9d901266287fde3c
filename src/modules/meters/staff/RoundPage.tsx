import { useState } from 'react'
import { instant } from '../../../ui/format.ts'
import { Chips, Sheet, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam, useQuerySetter, useQueryText } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { monthText } from '../../../ui/phone/text.ts'
import { MeterKind, meters } from '../contract.ts'
import { CorrectForm } from './CorrectForm.tsx'
import { OutboxCard } from '../../../ui/phone/OutboxCard.tsx'
import { ReadingForm } from './ReadingForm.tsx'
import { KIND_WORDS, UNREAD_WORDS, periods, said, useRound, valueOf, type RoundRow } from './round.ts'

const isRead = (r: RoundRow): boolean => r.reading !== null || r.entry?.state === 'waiting' || r.unread !== null

export function RoundPage() {
  const building_id = useParam('building_id')
  const kind = MeterKind.catch('water').parse(useParam('kind'))
  const period = useQueryText('period') ?? periods()[0]
  const show = useQueryText('show') ?? 'missing'
  const set = useQuerySetter()
  const { reading, rows } = useRound({ building_id, kind, period })
  const [open_id, setOpen] = useState<string | undefined>()
  const done = rows.filter((r) => isRead(r) && r.unread === null && r.entry?.call !== meters.recordUnread.name).length
  const suspect = rows.filter((r) => r.state === 'suspect').length
  const shown = show === 'all' ? rows : show === 'suspect' ? rows.filter((r) => r.state === 'suspect') : rows.filter((r) => !isRead(r) || r.unread !== null || r.meter_id === open_id)
  const open = rows.find((r) => r.meter_id === open_id)
  const next = (after: RoundRow): void => {
    const i = rows.findIndex((r) => r.meter_id === after.meter_id)
    const following = [...rows.slice(i + 1), ...rows.slice(0, i)].find((r) => !isRead(r))
    setOpen(following?.meter_id)
  }
  const first = rows[0]
  return (
    <Page title={first ? `${first.building_name} ${KIND_WORDS[kind]}` : '抄表'} back="/meters">
      <OutboxCard />
      <Loaded reading={reading} rows={5}>
        {({ old, saved_at }) => (
          <>
            <p className="ph-between"><span>{monthText(period)}</span><span className="ph-strong ph-num">已抄 {done} / {rows.length}</span></p>
            {old ? <p className="ph-weak ph-small">没有网络,可以照常抄。任务存于 {instant(saved_at)}。</p> : null}
            <Chips label="显示" choices={[{ value: 'missing', label: `未抄 ${rows.length - done}` }, { value: 'all', label: `全部 ${rows.length}` }, ...(suspect > 0 ? [{ value: 'suspect', label: `存疑 ${suspect}` }] : [])]} value={show} choose={(v) => set('show', v === 'missing' ? undefined : v)} />
            {shown.length === 0 ? <StateBlock icon="ok" title={rows.length === 0 ? '没有要抄的表' : show === 'suspect' ? '没有存疑的读数' : '本栋已全部抄完'} /> : <ul className="ph-list">{shown.map((r) => <li key={r.meter_id}><MeterItem row={r} open={() => setOpen(r.meter_id)} /></li>)}</ul>}
          </>
        )}
      </Loaded>
      <Sheet open={open !== undefined} title={open ? open.house_label : ''} close={() => setOpen(undefined)}>
        {open ? open.reading === null ? <ReadingForm key={open.meter_id} row={open} saved={() => next(open)} skip={() => next(open)} /> : <CorrectForm key={open.meter_id} row={open} saved={() => setOpen(undefined)} /> : null}
      </Sheet>
    </Page>
  )
}

function MeterItem({ row, open }: { row: RoundRow; open: () => void }) {
  return (
    <button type="button" className="ph-row" onClick={open}>
      <span className="ph-row-body"><span className="ph-strong st-label">{row.house_label}</span><span className="ph-weak ph-small" style={{ display: 'block' }}>{row.meter_no} · 上次 {said(row.previous)}{row.mean_usage ? ` · 平常 ${said(row.mean_usage)}` : ''}</span></span>
      <span className="ph-row-side"><Standing row={row} /></span>
    </button>
  )
}

function Standing({ row }: { row: RoundRow }) {
  if (row.entry?.state === 'refused') return <Tag kind="bad">没有通过</Tag>
  if (row.entry) return <><span className="ph-num ph-strong">{valueOf(row.entry)}</span><span style={{ display: 'block' }}><Tag kind="busy">待上传</Tag></span></>
  if (row.unread) return <Tag kind="warn">{UNREAD_WORDS[row.unread.reason]}</Tag>
  if (row.reading === null) return <Tag>未抄</Tag>
  return <><span className="ph-num ph-strong">{said(row.reading)}</span><span style={{ display: 'block' }}>{row.state === 'suspect' ? <Tag kind="warn">存疑</Tag> : <span className="ph-small ph-weak">用量 {said(row.usage)}</span>}</span></>
}
