// 点名册: who was last where and who has come; opening it is written down, it is live while it is open.
import { Button, Grid, Input, Select, Space } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { muster, type EntryRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import './muster.css'

const LIVE_MS = 10_000
const LOOK_AGAIN_MS = 10 * 60_000
const WIDE: readonly Column<EntryRow>[] = [
  { key: 'name', title: '姓名', width: 100 },
  { key: 'kind', title: '身份', width: 60, show: (e) => said('kind', e.kind) },
  { key: 'about', title: '房号岗位', width: 110, show: (e) => e.about ?? '—' },
  { key: 'zone', title: '最后位置', width: 130 },
  { key: 'at', title: '时间', width: 100, show: (e) => (e.at ? instant(e.at).slice(5, 16) : '—') },
  { key: 'source', title: '来源', width: 80, show: (e) => said('source', e.source) },
  { key: 'credible', title: '可信', width: 205, show: (e) => (e.credible ? '可信' : <span className="hy-red">{e.doubt}</span>) },
]
const NARROW: readonly Column<EntryRow>[] = [
  { key: 'name', title: '姓名', width: 140, show: (e) => <span className="mu-who"><b>{e.name}</b> {said('kind', e.kind)} {e.about ?? ''}<br /><span className="hy-muted">{e.zone}{e.at ? ` ${instant(e.at).slice(5, 16)}` : ''} {said('source', e.source)}</span>{e.credible ? null : <><br /><span className="hy-red">{e.doubt}</span></>}</span> },
]
export default function RollPage() {
  const roll_id = useParam('roll_id')
  const look = useWrite(muster.lookRoll, {})
  const [looked, setLooked] = useState(false)
  const run = useRef(look.run)
  useEffect(() => { run.current = look.run })
  useEffect(() => {
    const open = (): void => void run.current({ roll_id }).then((a) => setLooked(a !== undefined))
    open()
    const timer = setInterval(open, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [roll_id])
  const roll = useRead(muster.roll, { roll_id }, { enabled: looked, refresh_ms: LIVE_MS, stale_ms: 0, keep: true })
  const mark = useWrite(muster.markEntry, { done: '已登记' })
  const add = useWrite(muster.addEntry, { in_form: true, done: '已加入' })
  const end = useWrite(muster.closeRoll, { in_form: true, done: (a) => (a.left_count > 0 ? `已结束,${a.left_count} 人未到` : '已结束,全部到齐') })
  const [open, setOpen] = useState<'add' | 'end'>()
  const [point, setPoint] = useState<string>()
  const [find, setFind] = useState('')
  const [only, setOnly] = useState('')
  // Below a desk's width all that is known of somebody stands in one cell: who calls names in a yard must not push the list sideways.
  const wide = Grid.useBreakpoint().xl !== false
  const d = roll.data
  const works = d?.can.work === true
  const point_id = point ?? d?.points[0]?.point_id ?? null
  const rows = (d?.entries ?? []).filter((e) => (find === '' || `${e.name}${e.about ?? ''}${e.zone}`.includes(find)) && (only === '' || (only === 'left' ? e.mark === null || e.mark === 'help' : e.mark === only)))
  const put = (e: EntryRow, m: EntryRow['mark']): void => void mark.run({ roll_id, entry_id: e.entry_id, mark: m, point_id: m === 'safe' ? point_id : null, note: null }, e.entry_id)
  return (
    <DetailPage
      back="/muster/rolls" title={d ? `点名册:${d.title}` : '点名册'} loading={!look.error && roll.loading} error={look.error ?? roll.error} retry={() => { void look.run({ roll_id }).then((a) => setLooked(a !== undefined)); roll.retry() }}
      actions={d ? <Space><Button href={fileUrl(muster.rollPaper, { roll_id })} target="_blank">打印</Button><Button href={fileUrl(muster.rollExcel, { roll_id })}>导出</Button>{works ? <><Button onClick={() => setOpen('add')}>加人</Button><Button danger onClick={() => setOpen('end')}>结束点名</Button></> : null}</Space> : null}
    >
      {d ? (
        <>
          <div className="hy-card hy-stack">
            <div className="hy-line"><StateTag value={d.state} words={words.states!['roll']} tones={{ open: 'bad' }} /><span>{said('cause', d.cause)},{d.started_name} {instant(d.started_at).slice(0, 16)} 发起</span>{d.closed_at ? <span>{d.closed_name} {instant(d.closed_at).slice(0, 16)} 结束:{d.note}</span> : null}</div>
            <div className="hy-line hy-strong"><span>名单 {d.total_count}</span><span>已到 {d.safe_count}</span><span className={d.help_count > 0 ? 'hy-red' : ''}>请求帮助 {d.help_count}</span><span className={d.left_count > 0 ? 'hy-red' : ''}>未到 {d.left_count}</span><span className="hy-muted">在住 {d.house_count} 户(没经过门禁的住户不在名单)</span></div>
            <div className="hy-line"><Input aria-label="查找" placeholder="姓名、房号、位置" style={{ width: 200 }} value={find} onChange={(e) => setFind(e.target.value.trim())} allowClear /><Select aria-label="结果" style={{ width: 130 }} value={only} onChange={setOnly} options={[{ value: '', label: '全部' }, { value: 'left', label: '未到' }, { value: 'help', label: '请求帮助' }, { value: 'safe', label: '到集合点' }, { value: 'found', label: '已找到' }]} />{works && d.points.length > 0 ? <Select aria-label="集合点" style={{ width: 180 }} value={point_id} onChange={setPoint} options={d.points.map((p) => ({ value: p.point_id, label: `集合点 ${p.name}` }))} /> : null}</div>
            <RowsTable
              label="点名册" rows={rows} row_key="entry_id" empty="没有符合条件的人"
              columns={[
                ...(wide ? WIDE : NARROW),
                { key: 'mark', title: '结果', width: wide ? 130 : 84, show: (e) => (e.mark ? <span><StateTag value={e.mark} words={words.states!['mark']} tones={{ safe: 'good', found: 'good', help: 'bad' }} /> {e.point_name ?? ''} {e.marked_name} {instant(e.marked_at!).slice(11, 16)}{e.mark_how === 'scan' ? ' 扫码' : ''}{e.note ? `;${e.note}` : ''}</span> : <span className="hy-red">未到</span>) },
                ...(works ? [{ key: 'act', title: '操作', width: wide ? 215 : 92, show: (e: EntryRow) => <Space size={4} {...(wide ? {} : { orientation: 'vertical' as const })}>{e.mark === 'safe' || e.mark === 'found' ? <Button size="small" loading={mark.running} onClick={() => put(e, null)}>撤销</Button> : <><Button size="small" onClick={() => put(e, 'safe')}>到集合点</Button><Button size="small" onClick={() => put(e, 'found')}>已找到</Button>{e.mark === 'help' ? null : <Button size="small" danger onClick={() => put(e, 'help')}>求助</Button>}</>}</Space> }] : []),
              ]}
            />
          </div>
          <details className="hy-card"><summary>各楼栋在住户数</summary><p>{d.buildings.map((b) => `${b.name} ${b.house_count} 户`).join('、')}</p></details>
        </>
      ) : null}
      {open === 'add' ? <FormModal open onClose={() => { setOpen(undefined); add.reset() }} title="加人" submit="加入" call={muster.addEntry} loading={add.running} submitError={add.error} fixed={{ roll_id }} words={{ mark: words.states!['mark'] }} fields={['name', 'zone', 'mark', { name: 'point_id', kind: 'select', options: (d?.points ?? []).map((p) => ({ value: p.point_id, label: p.name })) }]} initial={{ name: '', zone: '', mark: null, point_id }} onSubmit={async (i) => { if (await add.run(i)) setOpen(undefined) }} /> : null}
      {open === 'end' ? <ReasonModal open danger title={d && d.left_count > 0 ? `还有 ${d.left_count} 人未到,确定结束?` : '结束点名'} label="结束说明" suggestions={['全部到齐', '未到人员已电话确认安全', '演练结束']} loading={end.running} submitError={end.error} onClose={() => { setOpen(undefined); end.reset() }} onConfirm={async (note) => { if (await end.run({ roll_id, note })) setOpen(undefined) }} /> : null}
    </DetailPage>
  )
}
