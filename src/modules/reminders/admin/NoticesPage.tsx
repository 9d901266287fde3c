// 缴费通知单: batches that were printed, and the drawer that begins one. It is counted before anything is made.
import { Alert, Button, Progress, Select } from 'antd'
import { useState } from 'react'
import { useGo } from '../../../ui/address.tsx'
import { asRefused, readNow, useRead, useWrite, type In } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { property } from '../../property/contract.ts'
import { reminders } from '../contract.ts'
import type { NoticeBatch } from '../notice_contract.ts'
import { words } from '../words.ts'

const COLUMNS: readonly Column<NoticeBatch>[] = [
  { key: 'batch_no', title: '批次号', width: 150, always: true },
  { key: 'community_name', title: '小区', width: 120 },
  { key: 'buildings', title: '楼栋', width: 150 },
  { key: 'notice_count', title: '份数', width: 80 },
  { key: 'open_fen', title: '欠费合计', width: 120 },
  { key: 'state', title: '状态', width: 150, show: (r) => (r.state === 'drawing' ? <Progress size="small" percent={Math.floor((r.done_count * 100) / r.notice_count)} aria-label={`${r.batch_no}正在生成`} /> : <StateTag value={r.state} words={words.states?.['notice_state']} tones={{ ready: 'good', failed: 'bad' }} />) },
  { key: 'delivered_count', title: '已送达', width: 90, show: (r) => `${r.delivered_count} / ${r.notice_count}`, align: 'right' },
  { key: 'template_name', title: '版式', width: 140, show: (r) => r.template_name ?? `内置 ${words.states?.['notice_paper']?.[r.paper]}` },
  { key: 'printed_count', title: '打印', width: 70, align: 'right', show: (r) => (r.printed_count ? `${r.printed_count} 次` : '—') },
  { key: 'created_by_name', title: '制单人', width: 100 },
  { key: 'created_at', title: '时间', width: 150 },
]

export default function NoticesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(reminders.noticeBatches, { fixed: place_id ? { community_id: place_id } : {} })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="缴费通知单" name="reminders.notices" columns={COLUMNS} row_key="batch_id" href={(r) => `/reminders/notices/${r.batch_id}`}
        actions={may('reminders.reminder.write') ? <Button type="primary" onClick={() => setAdding(true)}>批量打印</Button> : null}
        empty={{ text: '还没有批量打印过缴费通知单' }}
      />
      {adding ? <Start close={() => setAdding(false)} /> : null}
    </>
  )
}

type Ask = In<typeof reminders.startNotices.takes>
function Start({ close }: { close: () => void }) {
  const { places, place_id } = usePlace()
  const go = useGo()
  const [community_id, setCommunity] = useState(place_id ?? places[0]?.id)
  const tree = useRead(property.tree, { community_id: community_id! }, { enabled: community_id !== undefined })
  const templates = useRead(reminders.noticeTemplates, { community_id: community_id! }, { enabled: community_id !== undefined })
  const start = useWrite(reminders.startNotices, { in_form: true })
  const [looked, setLooked] = useState<string>()
  if (community_id === undefined) return null
  const send = async (input: Ask) => {
    const ask: Ask = { ...input, template_id: input.template_id || null, origin: input.origin || null }
    setLooked(undefined)
    try {
      const n = await readNow(reminders.startNotices, { ...ask, dry_run: true })
      if (!(await confirm({ title: `打印 ${n.notice_count} 份通知单?`, content: `${n.house_count} 户,欠费合计 ${money(n.open_fen)} 元,按楼栋、单元、楼层的走动顺序排列。` }))) return
    } catch (e) {
      setLooked(asRefused(e).message)
      return
    }
    const made = await start.run(ask)
    if (made) go(`/reminders/notices/${made.batch_id}`)
  }
  return (
    <FormDrawer
      key={community_id} open onClose={close} title="批量打印缴费通知单" call={reminders.startNotices} loading={start.running} submitError={start.error} submit="试算并打印" width={560}
      note={
        <div className="hy-stack">
          {looked ? <Alert type="error" showIcon title={looked} /> : null}
          {places.length > 1 ? <label className="hy-stack"><span>小区</span><Select aria-label="小区" value={community_id} onChange={setCommunity} options={places.map((p) => ({ value: p.id, label: p.name }))} /></label> : null}
        </div>
      }
      fields={[
        { name: 'building_ids', kind: 'many', options: tree.data?.communities.flatMap((c) => c.buildings).map((b) => ({ value: b.building_id, label: b.name })) ?? [], help: '不选为全部楼栋' },
        'overdue_only', 'period_from', 'period_to', { name: 'min_open_fen', kind: 'money' },
        { name: 'template_id', kind: 'select', options: templates.data?.rows.map((t) => ({ value: t.template_id, label: `${t.name}(${words.states?.['notice_paper']?.[t.paper]})` })) ?? [], help: '不选用内置版式;在「单据模板」中设计' },
        { name: 'paper', kind: 'select', options: optionsOf(words.states?.['notice_paper']), help: '选了模板时以模板的纸张为准' },
        'due_by_on', 'link_days', { name: 'origin', help: '业主手机能打开的网址;留空不印二维码' },
      ]}
      initial={{ building_ids: [], overdue_only: true, min_open_fen: 0, template_id: null, paper: 'a4', due_by_on: null, link_days: 30, origin: location.origin }} fixed={{ community_id }}
      onSubmit={(input) => send(input)}
    />
  )
}
