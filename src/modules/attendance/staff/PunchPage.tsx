// 打卡: two large buttons. The place is asked once, shown with its error; a picture where the team wants one; without network it waits on the phone.
import { Button, Toast } from 'antd-mobile'
import { useState } from 'react'
import { Facts, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { stamp } from '../../../ui/phone/device_clock.ts'
import { instant } from '../../../ui/format.ts'
import { putAndWait } from '../../../ui/phone/outbox_sender.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { KeptPhotos, type Kept } from '../../../ui/phone/photos.tsx'
import { usePosition, type Here } from '../../../ui/phone/position.ts'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { newRequestId } from '../../../ui/request_id.ts'
import { attendance, type DayResult } from '../contract.ts'
import { hm, said } from '../shown.ts'
import { useMine } from './punches.ts'

const clock = (at: string): string => instant(at).slice(11)
export function PunchPage() {
  const { reading, owner, waiting } = useMine()
  return (
    <Page title="打卡" back="/">
      <Loaded reading={reading}>
        {({ value: v, old, saved_at }) => !v.has_file ? <StateBlock icon="info" title="没有关联员工档案" text="请联系公司人事,把您的登录账号关联到员工档案。" /> : (
          <>
            {old ? <p className="ph-amber" role="status">没有网络,显示 {instant(saved_at)} 的内容;可以照常打卡。</p> : null}
            {v.to_confirm.map((m) => <div key={m} className="ph-list"><RowLink icon="todo" title={`${m} 考勤待确认`} to={`/attendance/month?month=${m}`} /></div>)}
            {v.team ? <PunchForm owner={owner} team={v.team} days={[v.running, v.today]} /> : <StateBlock icon="info" title="没有编入考勤组" text="请联系主管编入考勤组后再打卡。" />}
            {waiting.length > 0 ? <section className="ph-card ph-section" aria-label="待上传"><h2>待上传</h2>{waiting.map((e) => <div key={e.request_id} className="ph-between"><span>{e.about['what']} {instant(e.queued_at)}</span><Tag kind={e.state === 'refused' ? 'bad' : 'warn'}>{e.state === 'refused' ? '没有通过' : '待上传'}</Tag></div>)}</section> : null}
            <section className="ph-card ph-section" aria-label="打卡记录">
              <h2>最近打卡</h2>
              {v.punches.length === 0 ? <p className="ph-weak">今天还没有打卡。</p> : v.punches.map((p) => <div key={p.punch_id} className="ph-between"><span>{p.way === 'door' ? '门禁' : said('which', p.which)} {instant(p.at).slice(5)}{p.clock === 'doubt' ? '(手机时间可疑)' : ''}<br /><span className="ph-muted">{p.place_name ?? ''}</span></span><Tag {...(p.place_state === 'in' || p.place_state === 'door' ? { kind: 'good' as const } : p.place_state === 'out' ? { kind: 'bad' as const } : {})}>{said('place', p.place_state)}</Tag></div>)}
            </section>
            <section className="ph-card ph-section" aria-label="以后的班"><h2>以后的班</h2><Facts rows={v.ahead.map((d) => [d.on_day.slice(5), d.text] as const)} /></section>
            <div className="ph-list"><RowLink icon="calendar" title="我的考勤" under="月历、补卡、确认" to="/attendance/month" /></div>
          </>
        )}
      </Loaded>
    </Page>
  )
}
const placeText = (h: Here): string => ({ asking: '正在定位…', given: h.state === 'given' ? `已定位,误差 ${h.accuracy_m} 米。` : '', refused: '没有允许定位,可以照常打卡,主管会看到没有位置。', failed: '这里定不到位,可以照常打卡。' })[h.state]
interface TeamSeen { name: string; photo: boolean; doors: boolean; position_keep_days: number; places: { name: string }[] }
function PunchForm({ owner, team, days }: { owner: string; team: TeamSeen; days: readonly (DayResult | null)[] }) {
  const wants = team.places.length > 0
  const here = usePosition(wants)
  const [photos, setPhotos] = useState<Kept[]>([])
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState<'in' | 'out'>()
  const punch = async (which: 'in' | 'out'): Promise<void> => {
    setError(undefined)
    if (team.photo && photos.length === 0) return setError('您的考勤组要求打卡时拍照')
    setBusy(which)
    try {
      const at = await stamp(owner)
      const punch_id = newRequestId()
      const end = await putAndWait({ owner, call: attendance.punch.name, subject: `${attendance.punch.name} ${punch_id}`, photo_keys: photos.map((p) => p.key), input: { punch_id, which, ...at, ...(here ? { position: here.state === 'asking' ? { state: 'failed' } : here } : {}) }, about: { what: `${said('which', which)}卡` } })
      if (end.kind === 'refused') return setError(end.message)
      const answer = end.kind === 'sent' ? (end.answer as { at: string; place_state: string; place_name: string | null; distance_m: number | null }) : undefined
      Toast.show({ content: answer ? `${said('which', which)}卡 ${clock(answer.at)}${answer.place_state === 'out' ? `,不在打卡范围(离${answer.place_name ?? ''} ${answer.distance_m ?? ''} 米)` : ''}` : '已存在手机上,有网络后自动上传', duration: 2500 })
      setPhotos([])
    } catch {
      setError('没有保存:手机存储不可用')
    } finally {
      setBusy(undefined)
    }
  }
  return (
    <section className="ph-card ph-section" aria-label="今天">
      <h2>{team.name}</h2>
      {days.map((d) => (d ? <Facts key={d.on_day} rows={[[d.on_day.slice(5), d.shift_text ?? (d.tags.includes('rest') || d.tags.includes('holiday') ? '休息' : '没有排班')], d.in_at ? ['上班', clock(d.in_at)] : null, d.out_at ? ['下班', `${clock(d.out_at)},工时 ${hm(d.work_minutes)}`] : null, d.tags.includes('late') ? ['迟到', `${d.late_minutes} 分钟`] : null]} /> : null))}
      <KeptPhotos owner={owner} label={team.photo ? '拍照' : '照片(选填)'} photos={photos} set={setPhotos} max={1} camera />
      {here ? <p className={`ph-small ${here.state === 'refused' || here.state === 'failed' ? 'ph-amber' : 'ph-weak'}`} role="status">{placeText(here)}只在打卡时定位一次,主管可见,{team.position_keep_days} 天后删除。</p> : <p className="ph-small ph-weak">不限打卡地点,不定位。</p>}
      {team.doors ? <p className="ph-small ph-weak">刷卡、人脸、二维码开门也算打卡。</p> : null}
      {error ? <p className="ph-fault" role="alert">{error}</p> : null}
      <Button className="ph-big" block color="primary" loading={busy === 'in'} disabled={busy !== undefined} onClick={() => void punch('in')}>上班打卡</Button>
      <Button className="ph-big" block loading={busy === 'out'} disabled={busy !== undefined} onClick={() => void punch('out')}>下班打卡</Button>
    </section>
  )
}
