// What the two lists of findings share: of a round (巡查问题) and of public order (秩序问题).
import { Button, Drawer, Image } from 'antd'
import { useState } from 'react'
import { orders } from '../../orders/contract.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import type { Option } from '../../../ui/list.ts'
import { Facts } from '../../../ui/pages.tsx'
import { PhotosInput } from '../../../ui/PhotosInput.tsx'
import { useMay } from '../../../ui/session.ts'
import { PHOTOS_MAX, rounds, type FindingRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { taskPath } from './shared.tsx'

const TONES = { open: 'bad', mended: 'warn', closed: 'good' } as const
export const whereOf = (r: Pick<FindingRow, 'building_name' | 'place'>): string => [r.building_name, r.place].filter(Boolean).join(' ')
export const FINDING_COLUMNS: readonly Column<FindingRow>[] = [
  { key: 'words', title: '问题', width: 240, always: true },
  { key: 'state', title: '状态', width: 120, show: (r) => <span className="hy-line"><StateTag value={r.state} words={words.states?.['finding_state']} tones={TONES} />{r.late ? <StateTag value="l" words={{ l: '超期' }} tones={{ l: 'bad' }} /> : null}</span> },
  { key: 'subject', title: '秩序问题', width: 110, show: (r) => r.subject ?? '—' },
  { key: 'place', title: '位置', width: 150, show: whereOf }, { key: 'department', title: '责任部门', width: 85 }, { key: 'way', title: '处理', width: 125, show: (r) => (r.order_id ? <Go to={`/orders/list/${r.order_id}`}>{r.order_no}</Go> : said('way', r.way)) },
  { key: 'due_at', title: '期限', width: 105, show: (r) => (r.due_at && r.way !== 'fixed' ? <span className={r.late ? 'hy-red hy-strong' : ''}>{instant(r.due_at).slice(5, 16)}</span> : '—') },
  { key: 'found_by_name', title: '发现人', width: 80 }, { key: 'found_at', title: '发现时间', width: 140 }, { key: 'mended_by_name', title: '整改人', width: 80, show: (r) => r.mended_by_name ?? '—' }, { key: 'closed_by_name', title: '销项人', width: 80, show: (r) => r.closed_by_name ?? '—' },
  { key: 'told_to', title: '报主管部门', width: 130, hidden: true, show: (r) => r.told_to ?? '—' }, { key: 'source', title: '来源', width: 85, hidden: true, show: (r) => said('source', r.source) }, { key: 'points', title: '扣分', width: 60, align: 'right', hidden: true },
  { key: 'community_name', title: '小区', width: 100, hidden: true }, { key: 'back_count', title: '复查不合格', width: 90, hidden: true },
]
export function FindingCounts({ counts }: { counts: { open: number; mended: number; late: number } | undefined }) {
  const [search, setSearch] = useSearchState()
  const one = (label: string, n: number | undefined, on: boolean, change: Record<string, string | undefined>, red = false) => <Button key={label} size="small" type={on ? 'primary' : 'default'} aria-pressed={on} danger={red && (n ?? 0) > 0} onClick={() => setSearch({ page: undefined, state: undefined, late: undefined, ...change })}>{label}{n === undefined ? '' : ` ${n}`}</Button>
  return <div className="hy-line" role="group" aria-label="按状态">{one('全部', undefined, !search['state'] && !search['late'], {})}{one('待整改', counts?.open, search['state'] === 'open', { state: 'open' })}{one('待复查', counts?.mended, search['state'] === 'mended', { state: 'mended' })}{one('超期', counts?.late, search['late'] === '1', { late: '1' }, true)}</div>
}
/** What figures and messages write into the address, beside the filters that are shown. */
export const carriedOf = (search: Readonly<Record<string, string | undefined>>): Record<string, string> => Object.fromEntries(['community_id', 'building_id', 'place', 'found_by'].flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
/** The finding that the address names: from the list, or asked for when it is not on this page of it. */
export function OpenFinding({ rows }: { rows: readonly FindingRow[] | undefined }) {
  const [search, setSearch] = useSearchState()
  const finding_id = search['finding_id']
  const here = rows?.find((r) => r.finding_id === finding_id)
  const asked = useRead(rounds.findings, { finding_id: finding_id ?? '', page_size: 1 }, { enabled: finding_id !== undefined && rows !== undefined && !here })
  const f = here ?? asked.data?.rows[0]
  return f && finding_id ? <FindingDrawer key={f.finding_id} f={f} close={() => setSearch({ finding_id: undefined })} /> : null
}
/** Categories of public places, the only ones a finding may be handed to. */
export function useOrderKinds(enabled: boolean): Option[] {
  const kinds = useRead(orders.categories, {}, { stale_ms: 300_000, enabled })
  const rows = kinds.data?.rows ?? []
  return rows.filter((k) => k.parent_id !== null && k.rule && !k.retired && k.place === 'public').map((k) => ({ value: k.category_id, label: `${rows.find((g) => g.category_id === k.parent_id)?.name ?? ''} / ${k.name}` }))
}
function FindingDrawer({ f, close }: { f: FindingRow; close: () => void }) {
  const may = useMay()
  const mend = useWrite(rounds.mendFinding, { in_form: true, done: '已登记整改,等待复查' })
  const ok = useWrite(rounds.closeFinding, { done: '已销项' })
  const back = useWrite(rounds.backFinding, { in_form: true, done: '已退回整改' })
  const hand = useWrite(rounds.handFinding, { in_form: true, done: (a) => `已转工单 ${a.order_no}` })
  const tell = useWrite(rounds.tellFinding, { in_form: true, done: '已登记' })
  const [form, setForm] = useState<'mend' | 'back' | 'hand' | 'tell'>()
  const kinds = useOrderKinds(form === 'hand')
  const fixed = { finding_id: f.finding_id }
  const done = async (made: Promise<unknown>) => { if (await made) setForm(undefined) }
  const common = { open: true, onClose: () => setForm(undefined), fixed } as const
  const shown = (after: boolean) => f.photos.filter((p) => (p.part === 'after') === after)
  const photos = (title: string, after: boolean) => (shown(after).length ? <section className="hy-stack"><strong>{title}</strong><Image.PreviewGroup><div className="hy-line">{shown(after).map((p, i) => <Image key={p.file_id} width={112} height={112} style={{ objectFit: 'cover' }} alt={`${title} ${i + 1}`} src={fileUrl(rounds.findingPhoto, { finding_id: f.finding_id, file_id: p.file_id })} />)}</div></Image.PreviewGroup></section> : null)
  return (
    <Drawer open onClose={close} size={560} title={[f.subject, whereOf(f)].filter(Boolean).join(' · ')} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={
        <div className="hy-form-buttons">
          {f.can.tell === true && f.subject ? <Button onClick={() => setForm('tell')}>{f.told_to ? '更正报告' : '报告主管部门'}</Button> : null}
          {f.can.hand === true ? <Button onClick={() => setForm('hand')}>转报修工单</Button> : null}
          {f.way === 'order' || f.state === 'closed' ? null : <><CanButton can={f.can.mend} words={words} onClick={() => setForm('mend')}>登记整改</CanButton><CanButton can={f.can.back} words={words} onClick={() => setForm('back')}>复查不合格</CanButton><CanButton type="primary" can={f.can.close} words={words} loading={ok.running} onClick={() => void confirm({ title: '复查合格,销项?' }).then((y) => (y ? ok.run(fixed) : undefined))}>复查合格</CanButton></>}
        </div>
      }>
      <div className="hy-stack">
        <p style={{ whiteSpace: 'pre-wrap' }}>{f.words}</p>
        <Facts facts={[
          ['状态', `${said('finding_state', f.state)}${f.late ? ',超期' : ''}`], ['处理', f.order_id ? <Go key="o" to={`/orders/list/${f.order_id}`}>工单 {f.order_no}</Go> : said('way', f.way)], ['小区', f.community_name], ['责任部门', f.department], ['发现', `${f.found_by_name ?? '—'} ${instant(f.found_at).slice(0, 16)}`], ['期限', f.due_at ? instant(f.due_at).slice(0, 16) : '—'],
          ['整改', f.mended_at ? `${f.mended_by_name ?? ''} ${instant(f.mended_at).slice(0, 16)}` : '—'], [f.way === 'fixed' ? '怎样处理的' : '整改说明', f.mend_note ?? '—'], ['销项', f.closed_at ? `${f.closed_by_name ?? '系统'} ${instant(f.closed_at).slice(0, 16)}` : '—'], ...(f.back_count > 0 ? [['复查不合格', `${f.back_count} 次`] as const] : []), ...(f.points > 0 ? [['扣分', String(f.points)] as const] : []),
          ['来源', f.task_id !== null && may('rounds.task.read') ? <Go key="t" to={taskPath({ on_day: f.on_day, task_id: f.task_id })}>{f.task_name ?? '巡查任务'}</Go> : (f.task_name ?? said('source', f.source))],
          ...(f.subject ? [['报告主管部门', f.told_to ? `${f.told_to}${f.told_no ? ` ${f.told_no}` : ''}(${f.told_by_name ?? ''} ${f.told_at ? instant(f.told_at).slice(5, 16) : ''})` : f.authority ? `未报告;制止不了的报告${f.authority}` : '—'] as const] : []),
        ]} />
        {photos('发现时', false)}{photos('整改后', true)}
      </div>
      {form === 'mend' ? <FormModal {...common} title="登记整改" call={rounds.mendFinding} fields={[{ name: 'note', kind: 'area' }, { name: 'photo_ids', label: '整改后照片', control: (c) => <PhotosInput {...c} max={PHOTOS_MAX} /> }]} initial={{ photo_ids: [] }} loading={mend.running} submitError={mend.error} onSubmit={(i) => done(mend.run(i))} /> : null}
      {form === 'back' ? <FormModal {...common} title="复查不合格" submit="退回整改" danger call={rounds.backFinding} fields={['reason']} loading={back.running} submitError={back.error} onSubmit={(i) => done(back.run(i))} /> : null}
      {form === 'hand' ? <FormModal {...common} title="转报修工单" submit="转工单" call={rounds.handFinding} note={<p className="hy-muted">工单完工后自动销项;工单取消的,回到限期整改。</p>} fields={[{ name: 'category_id', kind: 'select', options: kinds }]} loading={hand.running} submitError={hand.error} onSubmit={(i) => done(hand.run(i))} /> : null}
      {form === 'tell' ? <FormModal {...common} title="登记报告主管部门" submit="登记" call={rounds.tellFinding} note={<p className="hy-muted">物业没有处罚权:制止不了的,报告主管部门并协助处理。</p>} fields={['told_to', { name: 'told_no', placeholder: '如:12345-2026-0312' }]} initial={{ told_to: f.told_to ?? f.authority ?? '', told_no: f.told_no ?? '' }} loading={tell.running} submitError={tell.error} onSubmit={(i) => done(tell.run(i))} /> : null}
    </Drawer>
  )
}
