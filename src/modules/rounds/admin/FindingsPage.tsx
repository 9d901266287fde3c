// 巡查问题: what was found, until it is put right and looked at again.
import { Button, Drawer, Image } from 'antd'
import { useMemo, useState } from 'react'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { Facts } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { rounds, type FindingRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { taskPath } from './shared.tsx'
import './rounds.css'

const TONES = { open: 'bad', mended: 'warn', closed: 'good' } as const
const COLUMNS: readonly Column<FindingRow>[] = [
  { key: 'words', title: '问题', width: 240, always: true },
  { key: 'state', title: '状态', width: 120, show: (r) => <span className="hy-line"><StateTag value={r.state} words={words.states?.['finding_state']} tones={TONES} />{r.late ? <StateTag value="l" words={{ l: '超期' }} tones={{ l: 'bad' }} /> : null}</span> },
  { key: 'place', title: '位置', width: 150 }, { key: 'department', title: '责任部门', width: 85 }, { key: 'way', title: '处理', width: 110, show: (r) => (r.order_id ? <Go to={`/orders/list/${r.order_id}`}>{r.order_no}</Go> : said('way', r.way)) },
  { key: 'due_at', title: '期限', width: 105, show: (r) => (r.due_at ? <span className={r.late ? 'hy-red hy-strong' : ''}>{instant(r.due_at).slice(5, 16)}</span> : '—') },
  { key: 'found_by_name', title: '发现人', width: 80 }, { key: 'found_at', title: '发现时间', width: 140 }, { key: 'mended_by_name', title: '整改人', width: 80 }, { key: 'points', title: '扣分', width: 60, align: 'right' },
  { key: 'community_name', title: '小区', width: 100, hidden: true }, { key: 'closed_by_name', title: '复查人', width: 80, hidden: true }, { key: 'back_count', title: '复查不合格', width: 90, hidden: true },
]
export default function FindingsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const kinds = useRead(rounds.kinds, {}, { stale_ms: 300_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '问题、位置' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['finding_state']) }, { kind: 'check', name: 'late', label: '只看超期' },
    { kind: 'select', name: 'department', label: '部门', options: [...new Set((kinds.data?.rows ?? []).map((k) => k.department))].map((d) => ({ value: d, label: d })), loading: kinds.loading }, { kind: 'select', name: 'way', label: '处理', more: true, options: optionsOf(words.states?.['way']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '发现日', more: true },
  ], [kinds.data, kinds.loading])
  const list = useList(rounds.findings, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const [open_id, setOpen] = useState<string>()
  const open = list.data?.rows.find((r) => r.finding_id === open_id)
  return (
    <>
      <ListPage {...list} title="巡查问题" name="rounds.findings" columns={COLUMNS} row_key="finding_id" open={(r) => setOpen(r.finding_id)} excel={may('rounds.task.export') ? rounds.findingsExcel : undefined} empty={{ text: '没有符合条件的问题' }} note={<Counts counts={list.data?.counts} />} />
      {open ? <FindingDrawer f={open} close={() => setOpen(undefined)} /> : null}
    </>
  )
}
function Counts({ counts }: { counts: { open: number; mended: number; late: number } | undefined }) {
  const [search, setSearch] = useSearchState()
  const one = (label: string, n: number | undefined, on: boolean, change: Record<string, string | undefined>, red = false) => <Button key={label} size="small" type={on ? 'primary' : 'default'} aria-pressed={on} danger={red && (n ?? 0) > 0} onClick={() => setSearch({ page: undefined, state: undefined, late: undefined, ...change })}>{label}{n === undefined ? '' : ` ${n}`}</Button>
  return <div className="hy-line" role="group" aria-label="按状态">{one('全部', undefined, !search['state'] && !search['late'], {})}{one('待整改', counts?.open, search['state'] === 'open', { state: 'open' })}{one('待复查', counts?.mended, search['state'] === 'mended', { state: 'mended' })}{one('超期', counts?.late, search['late'] === '1', { late: '1' }, true)}</div>
}
function FindingDrawer({ f, close }: { f: FindingRow; close: () => void }) {
  const mend = useWrite(rounds.mendFinding, { in_form: true, done: '已登记整改,等待复查' })
  const ok = useWrite(rounds.closeFinding, { done: '已销项' })
  const back = useWrite(rounds.backFinding, { in_form: true, done: '已退回整改' })
  const [form, setForm] = useState<'mend' | 'back'>()
  const fixed = { finding_id: f.finding_id }
  const shown = (part: boolean) => f.photos.filter((p) => (p.part === 'after') === part)
  const photos = (title: string, after: boolean) => (shown(after).length ? <section className="hy-stack"><strong>{title}</strong><Image.PreviewGroup><div className="hy-line">{shown(after).map((p, i) => <Image key={p.file_id} width={112} height={112} style={{ objectFit: 'cover' }} alt={`${title} ${i + 1}`} src={fileUrl(rounds.photo, { on_day: f.on_day, task_id: f.task_id, file_id: p.file_id })} />)}</div></Image.PreviewGroup></section> : null)
  return (
    <Drawer open onClose={close} size={520} title={f.place} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }}
      footer={<div className="hy-form-buttons">{f.way === 'order' ? null : <><CanButton can={f.can.mend} words={words} onClick={() => setForm('mend')}>登记整改</CanButton><CanButton can={f.can.back} words={words} onClick={() => setForm('back')}>复查不合格</CanButton><CanButton type="primary" can={f.can.close} words={words} loading={ok.running} onClick={() => void confirm({ title: '复查合格,销项?' }).then((y) => (y ? ok.run(fixed) : undefined))}>复查合格</CanButton></>}</div>}>
      <div className="hy-stack">
        <p style={{ whiteSpace: 'pre-wrap' }}>{f.words}</p>
        <Facts facts={[['状态', said('finding_state', f.state)], ['处理', said('way', f.way)], ['责任部门', f.department], ['发现', `${f.found_by_name ?? '—'} ${instant(f.found_at)}`], ['期限', f.due_at ? instant(f.due_at) : '—'], ['整改', f.mended_at ? `${f.mended_by_name ?? ''} ${instant(f.mended_at)}` : '—'], ['整改说明', f.mend_note ?? '—'], ['复查', f.closed_at ? `${f.closed_by_name ?? ''} ${instant(f.closed_at)}` : '—'], ['扣分', String(f.points)], ['任务', <Go key="t" to={taskPath(f)}>{f.task_name ?? '查看'}</Go>]]} />
        {photos('发现时', false)}{photos('整改后', true)}
      </div>
      {form === 'mend' ? <FormModal open onClose={() => setForm(undefined)} title="登记整改" call={rounds.mendFinding} fields={[{ name: 'note', kind: 'area' }]} fixed={fixed} loading={mend.running} submitError={mend.error} onSubmit={async (i) => { if (await mend.run(i)) setForm(undefined) }} /> : null}
      {form === 'back' ? <FormModal open onClose={() => setForm(undefined)} title="复查不合格" submit="退回整改" danger call={rounds.backFinding} fields={['reason']} fixed={fixed} loading={back.running} submitError={back.error} onSubmit={async (i) => { if (await back.run(i)) setForm(undefined) }} /> : null}
    </Drawer>
  )
}
