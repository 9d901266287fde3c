// 门禁状态: every door as it is now; opening with a reason, confirmed by what the door says; alarms and their disposal.
import { Alert, Button, Space } from 'antd'
import { useEffect, useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { doors, type DoorRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { ReachedNote } from './parts.tsx'

const AGAIN_MS = 5_000
const ASK_MS = 1_000
const REASONS = { open: ['住户忘带卡', '访客等候', '搬运物品'], hold: ['集中搬家', '活动通行', '设备检修'], restore: ['恢复受控', '解除火警'] }
type Ask = { door: DoorRow; what: 'open' | 'hold' | 'restore' }
const rowsOf = (d: { rows: DoorRow[] } | undefined): DoorRow[] => d?.rows ?? []
const clock = (at: string): string => instant(at).slice(5, 16)

export default function BoardPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const board = useRead(doors.board, place_id ? { community_id: place_id } : {}, { refresh_ms: AGAIN_MS })
  const act = useWrite(doors.commandDoor, { in_form: true })
  const handle = useWrite(doors.handleAlarm, { in_form: true, done: '已处置' })
  const [ask, setAsk] = useState<Ask>()
  const [alarm, setAlarm] = useState<DoorRow>()
  const [sent, setSent] = useState<string>()
  const fire = useWrite(doors.fireRelease, { in_form: true, done: (a) => `已通知 ${a.told.length} 扇门常开${a.unreachable.length ? `;联系不上:${a.unreachable.join('、')},请派人到现场` : ''}` })
  const [burning, setBurning] = useState(false)
  const at = place_id ?? (new Set(rowsOf(board.data).map((r) => r.community_id)).size === 1 ? rowsOf(board.data)[0]?.community_id : undefined)
  const rows = board.data?.rows ?? []
  const alarms = rows.filter((r) => r.alarm)
  const offline = rows.filter((r) => !r.online).length
  return (
    <ReadPage title="门禁状态" loading={board.loading} error={board.error} retry={board.retry} actions={board.data?.can_open && at ? <Button danger onClick={() => setBurning(true)}>消防释放</Button> : null}>
      <ReachedNote reached={board.data?.reached} />
      <Strays list={board.data?.strays ?? []} />
      {sent ? <Result key={sent} command_id={sent} over={() => setSent(undefined)} /> : null}
      <div className="hy-card hy-stack">
        <div className="hy-line"><span>共 {rows.length} 扇门</span><span>在线 {rows.length - offline}</span>{offline > 0 ? <span className="hy-red">离线 {offline}</span> : null}{alarms.length > 0 ? <span className="hy-red hy-strong">报警 {alarms.length}</span> : null}</div>
        <RowsTable
          label="门" rows={[...alarms, ...rows.filter((r) => !r.alarm)]} row_key="door_id" empty="还没有登记门" next={<Go to="/doors/setup">到门禁设置登记</Go>}
          columns={[
            { key: 'name', title: '门', width: 150, show: (r) => <span className="hy-line">{r.name}{r.alarm ? <StateTag value={r.alarm.kind} words={words.states!['alarm']} tones={{ forced: 'bad', held: 'bad', tamper: 'bad', offline: 'bad' }} /> : null}</span> },
            { key: 'place', title: '位置', width: 105, show: (r) => (may('siteplan.plan.read') ? <Go to={`/siteplan?at=door.${r.door_id}`}>{r.place}</Go> : r.place) }, { key: 'online', title: '在线', width: 130, show: (r) => (r.online ? <StateTag value="on" words={{ on: '在线' }} tones={{ on: 'good' }} /> : <span className="hy-red">离线 {r.heard_at ? clock(r.heard_at) : '从未连接'}</span>) },
            { key: 'state', title: '门磁', width: 55, show: (r) => (r.state ? <span className={r.state === 'open' ? 'hy-red' : ''}>{said('door', r.state)}</span> : '—') }, { key: 'lock', title: '锁', width: 65, show: (r) => (r.lock ? <span className={r.lock === 'unlocked' ? 'hy-red hy-strong' : ''}>{said('lock', r.lock)}</span> : '—') },
            { key: 'left', title: '名单', width: 165, show: (r) => (r.left_count === 0 ? '已生效' : <span className="hy-red">未生效 {r.left_count}{r.deny_left_count > 0 ? `(收紧 ${r.deny_left_count})` : ''}</span>) },
            { key: 'last', title: '最近通行', width: 200, show: (r) => (r.last ? `${clock(r.last.at)} ${said('what', r.last.what)} ${r.last.who ?? said('way', r.last.way)}` : '—') },
            { key: 'command', title: '远程命令', width: 130, show: (r) => (r.command ? <span className={r.command.state === 'confirmed' ? '' : 'hy-red'}>{said('act', r.command.what)} {said('command', r.command.state)}</span> : '') },
            ...(board.data?.can_open ? [{ key: 'acts', title: '操作', width: 190, show: (r: DoorRow) => <Space size={4}>{r.alarm ? <Button size="small" danger onClick={() => setAlarm(r)}>处置</Button> : null}<Button size="small" disabled={!r.online} onClick={() => setAsk({ door: r, what: 'open' })}>开门</Button>{r.lock === 'unlocked' ? <Button size="small" disabled={!r.online} onClick={() => setAsk({ door: r, what: 'restore' })}>恢复受控</Button> : <Button size="small" disabled={!r.online} onClick={() => setAsk({ door: r, what: 'hold' })}>常开</Button>}</Space> }] : []),
          ]}
        />
      </div>
      {ask ? <ReasonModal open title={`${ask.door.name}:${said('act', ask.what)}`} danger={ask.what === 'hold'} suggestions={REASONS[ask.what]} loading={act.running} submitError={act.error} onClose={() => { setAsk(undefined); act.reset() }} onConfirm={async (reason) => { const a = await act.run({ door_id: ask.door.door_id, what: ask.what, reason }); if (a) { setAsk(undefined); setSent(a.command_id) } }} /> : null}
      {burning && at ? <ReasonModal open danger title="消防释放:标了「消防释放」的门全部常开" label="火情" suggestions={['火灾报警确认', '消防演练']} loading={fire.running} submitError={fire.error} onClose={() => { setBurning(false); fire.reset() }} onConfirm={async (reason) => { if (await fire.run({ community_id: at, reason })) setBurning(false) }} /> : null}
      {alarm?.alarm ? <ReasonModal open title={`处置 ${alarm.name} ${said('alarm', alarm.alarm.kind)}`} label="处置说明" loading={handle.running} submitError={handle.error} onClose={() => { setAlarm(undefined); handle.reset() }} onConfirm={async (note) => { if (await handle.run({ alarm_id: alarm.alarm!.alarm_id, note })) setAlarm(undefined) }} /> : null}
    </ReadPage>
  )
}
/** Records of ports that are no door yet: they wait for whoever did the wiring to register the port. */
function Strays({ list }: { list: { controller_name: string; port_no: number; stray_count: number; last_at: string }[] }) {
  if (list.length === 0) return null
  return <Alert type="warning" showIcon title={`有 ${list.reduce((n, s) => n + s.stray_count, 0)} 条通行记录来自没有登记的门`} description={<>{list.map((s) => `${s.controller_name}第 ${s.port_no} 路 ${s.stray_count} 条(最近 ${clock(s.last_at)})`).join(';')}。登记这一路的门以后记录自动归入。<Go to="/doors/setup">到门禁设置登记</Go></>} />
}
/** Waits for what the door says, and says it once. */
function Result({ command_id, over }: { command_id: string; over: () => void }) {
  const q = useRead(doors.command, { command_id }, { stale_ms: 0, refresh_ms: ASK_MS })
  const state = q.data?.state
  const why = q.data?.why
  useEffect(() => {
    if (state === undefined || state === 'waiting' || state === 'sent') return
    if (state === 'confirmed') toast.done('门已执行')
    else toast.warn(`${said('command', state)}${why ? `:${why}` : ''}`)
    over()
  }, [state, why, over])
  return <p className="hy-muted" role="status">正在等门的回读 …</p>
}
