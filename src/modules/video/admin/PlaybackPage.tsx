// 录像回放: a camera, a day, a bar of what there is; a click shows that moment. Opened from a door or a device by its number and the time: then the camera is found here.
import { Button, Segmented, Select, Space } from 'antd'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { addDays, dayOf, today } from '../../../kernel/clock.ts'
import { readNow, Refused, useRead, useWrite } from '../../../ui/api.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { usePlace } from '../../../ui/session.ts'
import { video } from '../contract.ts'
import { said } from '../shown.ts'
import { Player, START, type PlayerState } from './player.ts'
import { stateText } from './Tile.tsx'
import './video.css'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
const DAY_MS = 86_400_000
const startOf = (day: string): number => Date.parse(`${day}T00:00:00+08:00`)
const HOURS = [0, 3, 6, 9, 12, 15, 18, 21]
const clockOf = (ms: number): string => instant(new Date(ms).toISOString(), { seconds: true }).slice(11, 19)

export default function PlaybackPage() {
  const { place_id } = usePlace()
  const [search, setSearch] = useSearchState()
  const list = useRead(video.cameras, { with_retired: true, ...(place_id ? { community_id: place_id } : {}) })
  const by = search['door_id'] ? { door_id: search['door_id'] } : search['device_id'] ? { device_id: search['device_id'] } : search['lane_id'] ? { lane_id: search['lane_id'] } : null
  const near = useRead(video.camerasAt, by ?? {}, { enabled: by !== null })
  const cameras = (list.data?.rows ?? []).filter((k) => k.can.playback === true)
  const camera_id = search['camera_id'] ?? near.data?.rows[0]?.camera_id ?? (by ? undefined : cameras[0]?.camera_id)
  const at = search['at'] && Number.isFinite(Date.parse(search['at'])) ? Date.parse(search['at']) : undefined
  const day = search['day'] ?? (at === undefined ? today() : dayOf(at))
  return (
    <ReadPage title="录像回放" loading={list.loading || near.loading} error={list.error ?? near.error} retry={list.retry}>
      <div className="hy-card hy-line">
        <Select aria-label="摄像机" showSearch optionFilterProp="label" style={{ width: 260 }} placeholder="选择摄像机" value={camera_id ?? null} onChange={(v: string) => setSearch({ camera_id: v, door_id: undefined, device_id: undefined, lane_id: undefined })} options={(near.data?.rows.length ? near.data.rows.map((k) => ({ value: k.camera_id, label: k.name })) : []).concat(cameras.filter((k) => !near.data?.rows.some((n) => n.camera_id === k.camera_id)).map((k) => ({ value: k.camera_id, label: `${k.no} ${k.name}` })))} />
        <Button aria-label="前一天" onClick={() => setSearch({ day: addDays(day, -1), at: undefined })}>◀</Button>
        <span className="vd-day"><Suspense fallback={null}><DayInput value={day} onChange={(v: unknown) => setSearch({ day: (v as string | null) ?? undefined, at: undefined })} /></Suspense></span>
        <Button aria-label="后一天" disabled={day >= today()} onClick={() => setSearch({ day: addDays(day, 1), at: undefined })}>▶</Button>
        {by && near.data?.rows.length === 0 ? <span className="hy-red">没有摄像机对着这里:在「摄像机」里给对着它的机位选上</span> : null}
        {camera_id ? <Go to={`/video/clips?camera_id=${camera_id}`}>留存片段</Go> : null}
      </div>
      {camera_id ? <Screen key={`${camera_id} ${day}`} camera_id={camera_id} day={day} at_ms={at} seek={(ms) => setSearch({ at: new Date(ms).toISOString(), day, camera_id })} keep={cameras.find((k) => k.camera_id === camera_id)?.can.keep === true} /> : <p className="hy-card hy-muted">没有可以回放的摄像机</p>}
    </ReadPage>
  )
}
/** The same question each second as long as the device has not answered: its answer is everybody's. */
function Asked({ camera_id, day }: { camera_id: string; day: string }) {
  useRead(video.footage, { camera_id, day }, { refresh_ms: 1_000 })
  return <span role="status"> 正在问设备有哪些录像 …</span>
}
function Screen({ camera_id, day, at_ms, seek: move, keep }: { camera_id: string; day: string; at_ms: number | undefined; seek: (ms: number) => void; keep: boolean }) {
  const footage = useRead(video.footage, { camera_id, day }, { refresh_ms: 30_000 })
  const { run: ask } = useWrite(video.askRecords, { invalidates: [video.footage] })
  const is_gb = footage.data?.gb != null
  // What a GB device has recorded it tells when it is asked; once a day that is opened.
  useEffect(() => { if (is_gb) void ask({ camera_id, day }) }, [is_gb, camera_id, day, ask])

  const box = useRef<HTMLVideoElement | null>(null)
  const player = useRef<Player | null>(null)
  const [state, setState] = useState<PlayerState>()
  const [problem, setProblem] = useState<string>()
  const [now_ms, setNow] = useState<number>()
  const [speed, setSpeed] = useState(1)
  const [paused, setPaused] = useState(false)
  const [mark, setMark] = useState<number>()
  const [asking, setAsking] = useState<{ from: number; to: number }>()
  const clip = useWrite(video.keepClip, { in_form: true, done: '已登记,稍后在「留存片段」查看' })
  const start = startOf(day)
  const seek = (ms: number): void => {
    setProblem(undefined)
    setState(START)
    setPaused(false)
    setNow(undefined)
    move(ms)
  }
  useEffect(() => {
    if (at_ms === undefined) return
    let over = false
    let timer = 0
    void readNow(video.playback, { camera_id, from_at: new Date(at_ms).toISOString() }).then((t) => {
      if (over || !box.current) return
      player.current = new Player({ video: box.current, token: t.token, live: false, onState: (s) => { if (!over) setState(s) } })
      timer = window.setInterval(() => { if (box.current && box.current.currentTime > 0) setNow(at_ms + box.current.currentTime * 1000) }, 250)
    }, (error: unknown) => { if (!over) setProblem(error instanceof Refused ? error.message : '网络不通') })
    return () => {
      over = true
      clearInterval(timer)
      player.current?.close()
      player.current = null
    }
  }, [camera_id, at_ms])
  useEffect(() => { if (box.current) box.current.playbackRate = speed }, [speed, state?.phase])
  const f = footage.data
  const text = problem ?? (at_ms === undefined ? (f && f.spans.length === 0 && !f.recorder ? '这一天没有录像' : '点下面的时间条开始回放') : stateText(state ?? START))
  const shown = now_ms ?? at_ms
  const left = (ms: number): string => `${Math.max(0, Math.min(100, ((ms - start) / DAY_MS) * 100))}%`
  return (
    <div className="hy-card hy-stack">
      <div className="vd-screen"><video ref={box} aria-label="录像" muted />{text ? <div className="vd-say" role="status" style={{ position: 'absolute' }}>{text}</div> : null}</div>
      <div className="hy-line">
        <strong className="hy-num" aria-label="画面时间">{shown === undefined ? '--:--:--' : clockOf(shown)}</strong>
        <Space size={4}>
          <Button disabled={shown === undefined} onClick={() => seek(shown! - 10_000)}>后退 10 秒</Button>
          <Button disabled={state === undefined} onClick={() => { player.current?.pause(!paused); setPaused(!paused) }}>{paused ? '继续' : '暂停'}</Button>
          <Button disabled={shown === undefined} onClick={() => seek(shown! + 10_000)}>前进 10 秒</Button>
        </Space>
        <Segmented aria-label="倍速" value={speed} options={[1, 2, 4, 8].map((n) => ({ value: n, label: `${n} 倍` }))} onChange={(n) => setSpeed(n)} />
        {keep ? (
          <Space size={4}>
            <Button disabled={shown === undefined} onClick={() => setMark(shown)}>{mark === undefined ? '设为片段起点' : `起点 ${clockOf(mark)}`}</Button>
            <Button type="primary" disabled={mark === undefined || shown === undefined || shown - mark < 1000 || shown - mark > 600_000} onClick={() => setAsking({ from: mark!, to: shown! })}>留存到此</Button>
          </Space>
        ) : null}
        <span className="hy-muted">{f ? (f.spans.length > 0 ? `自有录像 ${f.spans.length} 段` : f.recorder ? '由录像机回放' : '') : ''}{f?.gb ? (f.gb.state === 'asked' ? <Asked camera_id={camera_id} day={day} /> : f.gb.fault ? ` ${said('fault', f.gb.fault)}` : f.gb.state === 'done' ? ` 设备录像 ${f.gb.spans.length} 段` : '') : ''}</span>
      </div>
      <button type="button" className="vd-bar" aria-label="时间条,点击从那时起回放" onClick={(e) => { const r = e.currentTarget.getBoundingClientRect(); seek(Math.round((start + ((e.clientX - r.left) / r.width) * DAY_MS) / 1000) * 1000) }}>
        {f?.spans.map((s) => <i key={s.from_at} style={{ left: left(Date.parse(s.from_at)), width: `calc(${left(Date.parse(s.to_at))} - ${left(Date.parse(s.from_at))})`, minWidth: 1 }} />)}
        {f?.gb?.spans.map((s) => <i key={`gb ${s.from_at}`} className="vd-device" title="设备里的录像" style={{ left: left(Date.parse(s.from_at)), width: `calc(${left(Date.parse(s.to_at))} - ${left(Date.parse(s.from_at))})`, minWidth: 1 }} />)}
        {f?.clips.map((s) => <i key={s.clip_id} className="vd-clip" title={s.title} style={{ left: left(Date.parse(s.from_at)), width: 4 }} />)}
        {HOURS.slice(1).map((h) => <span key={h} style={{ left: `${(h / 24) * 100}%` }}>{h}:00</span>)}
        {shown === undefined ? null : <b style={{ left: left(shown) }} />}
      </button>
      {asking ? <ReasonModal open title={`留存 ${clockOf(asking.from)} 至 ${clockOf(asking.to)}`} suggestions={['纠纷取证', '移交公安', '业主查看申请']} loading={clip.running} submitError={clip.error} onClose={() => { setAsking(undefined); clip.reset() }} onConfirm={async (reason) => { if (await clip.run({ camera_id, from_at: new Date(asking.from).toISOString(), to_at: new Date(asking.to).toISOString(), reason })) { setAsking(undefined); setMark(undefined) } }} /> : null}
    </div>
  )
}
