// One picture of the wall: asks for its token, plays, says in words why it does not, and comes back by itself.
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { readNow } from '../../../ui/api.ts'
import { useGo } from '../../../ui/address.tsx'
import { useMay } from '../../../ui/session.ts'
import { useWrite } from '../../../ui/api.ts'
import { Refused } from '../../../ui/api.ts'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { video, type CameraRow } from '../contract.ts'
import { said, saidShort } from '../shown.ts'
import type { Links } from './links.ts'
import { Player, START, still, type PlayerState, type Way } from './player.ts'

const AGAIN_MS = [2000, 5000, 10_000, 30_000]
/** A player that begins again when the connection went, with a token of its own each time. */
export function useLive(camera_id: string, stream: 'main' | 'sub', allowed: boolean, links: Links, shown: number): { box: React.RefObject<HTMLVideoElement | null>; state: PlayerState; player: React.RefObject<Player | null> } {
  const box = useRef<HTMLVideoElement | null>(null)
  const player = useRef<Player | null>(null)
  const [state, setState] = useState<PlayerState>(START)
  useEffect(() => {
    if (!allowed) return
    let over = false
    let tries = 0
    let timer = 0
    /** Ways that failed for this picture. When none is left, from the beginning. */
    const lost = new Set<Way>()
    const again = (wait = AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]!): void => { timer = window.setTimeout(() => void begin(), wait) }
    const begin = async (): Promise<void> => {
      player.current?.close()
      player.current = null
      setState((s) => ({ ...START, fault: s.fault }))
      if (lost.has('hls')) lost.clear()
      const before = lost.size
      // The offer is made while the token is asked for.
      const seat = lost.has('webrtc') ? undefined : links.seat(shown)
      try {
        const { rows } = await readNow(video.watch, { camera_ids: [camera_id], stream })
        if (over || !box.current || !rows[0]) return seat?.leave()
        player.current = new Player({ video: box.current, token: rows[0].token, live: true, seat, lost, onState: (s) => {
          if (over) return
          if (s.phase === 'playing') tries = 0
          setState(s)
          // The next way begins at once.
          if (s.phase === 'closed') again(lost.size > before && !lost.has('hls') ? 0 : undefined)
        } })
      } catch (error) {
        seat?.leave()
        if (over) return
        setState({ ...START, phase: 'fault', fault: error instanceof Refused ? error.message : '网络不通' })
        if (!(error instanceof Refused) || error.status >= 500) again()
      }
    }
    void begin()
    return () => {
      over = true
      clearTimeout(timer)
      player.current?.close()
      player.current = null
    }
    // How many are shown decides only how large a connection is begun.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [camera_id, stream, allowed, links])
  return { box, state, player }
}
export const stateText = (s: PlayerState): string | null => {
  if (s.phase === 'connecting') return s.fault ? said('fault', s.fault) : '正在连接 …'
  if (s.phase === 'stale') return '画面停住了,等待摄像机'
  if (s.phase === 'fault') return `${said('fault', s.fault)}${s.again_s ? `(${s.again_s} 秒后再试)` : ''}`
  if (s.phase === 'closed') return s.fault ? said('fault', s.fault) : '连接断开,正在重连'
  if (s.phase === 'ended') return '录像到此为止'
  return null
}
const MOVES: readonly (readonly [string, string, { pan: number; tilt: number; zoom: number } | null])[] = [
  ['拉近', '+', { pan: 0, tilt: 0, zoom: 0.5 }], ['向上', '▲', { pan: 0, tilt: 0.5, zoom: 0 }], ['拉远', '−', { pan: 0, tilt: 0, zoom: -0.5 }], ['向左', '◀', { pan: -0.5, tilt: 0, zoom: 0 }], ['停', '■', null], ['向右', '▶', { pan: 0.5, tilt: 0, zoom: 0 }], ['', '', null], ['向下', '▼', { pan: 0, tilt: -0.5, zoom: 0 }],
]
const HOLD_MS = 1000
function Ptz({ player }: { player: React.RefObject<Player | null> }) {
  const timer = useRef(0)
  const stop = (): void => {
    clearInterval(timer.current)
    timer.current = 0
    player.current?.turn(null)
  }
  useEffect(() => () => clearInterval(timer.current), [])
  const start = (m: (typeof MOVES)[number][2]): void => {
    if (!m) return stop()
    clearInterval(timer.current)
    player.current?.turn(m)
    timer.current = window.setInterval(() => player.current?.turn(m), HOLD_MS)
  }
  return (
    <div className="vd-ptz" role="group" aria-label="云台">
      {MOVES.map(([label, sign, m], i) => (label === '' ? <span key={i} /> : (
        <button
          key={label} type="button" aria-label={label} title={`按住${label}`} onPointerDown={(e) => { e.currentTarget.setPointerCapture(e.pointerId); start(m) }} onPointerUp={stop} onPointerCancel={stop}
          onKeyDown={(e) => { if ((e.key === 'Enter' || e.key === ' ') && !e.repeat) start(m) }} onKeyUp={stop}
        >{sign}</button>
      )))}
    </div>
  )
}
const BEFORE_S = 30
const AFTER_S = 30
export function Tile({ camera, stream, on, onChoose, onLeave, onLarge, large, links, shown }: { camera: CameraRow; links: Links; shown: number; stream: 'main' | 'sub'; on: boolean; onChoose: () => void; onLeave: () => void; onLarge: () => void; large: boolean }) {
  const { box, state, player } = useLive(camera.camera_id, stream, camera.can.watch === true, links, shown)
  const picture = useWrite(video.keepPicture, { done: '已留存截图', invalidates: [video.clips] })
  const clip = useWrite(video.keepClip, { in_form: true, done: `已登记:前后各 ${BEFORE_S} 秒,稍后在「留存片段」查看`, invalidates: [video.clips] })
  const [asking, setAsking] = useState<string>()
  const [turning, setTurning] = useState(false)
  const go = useGo()
  const may = useMay()
  const text = camera.can.watch === true ? stateText(state) : '您的岗位不能观看这台摄像机'
  const shoot = (): void => {
    const jpeg_base64 = box.current ? still(box.current) : null
    if (!jpeg_base64) return toast.warn('还没有画面')
    void picture.run({ camera_id: camera.camera_id, at: nowIso(), jpeg_base64, reason: '监控墙截图' })
  }
  return (
    <div className={`vd-tile${on ? ' vd-on' : ''}`} role="group" aria-label={camera.name} onClick={onChoose} onDoubleClick={onLarge}>
      {/* A camera of a place says nothing: the stream has no sound to write captions for. */}
      <video ref={box} aria-label={`${camera.name} 实时画面`} muted />
      <div className="vd-name"><span>{camera.no} {camera.name}</span>{state.phase === 'playing' ? <span title={`${state.codec} ${state.size},${said('way', state.way)},首画面 ${state.first_ms} 毫秒`}>{state.way === 'webrtc' ? 'WebRTC' : state.way === 'hls' ? 'HLS' : 'MSE'} {state.size}</span> : null}</div>
      {text ? <div className="vd-say" role="status" title={text}>{large ? text : (text.split(':')[0] ?? text)}</div> : null}
      {turning && camera.can.ptz === true && state.way !== 'hls' ? <Ptz player={player} /> : null}
      <div className="vd-acts">
        <Button size="small" disabled={camera.can.keep !== true || state.phase !== 'playing'} onClick={shoot} loading={picture.running}>截图</Button>
        <Button size="small" disabled={camera.can.keep !== true} onClick={() => setAsking(nowIso())}>留存</Button>
        {camera.can.ptz === true ? <Button size="small" type={turning ? 'primary' : 'default'} disabled={state.way === 'hls'} title={state.way === 'hls' ? '这个浏览器以 HLS 播放,晚几秒,不能转动:请换新版浏览器' : undefined} onClick={() => setTurning(!turning)}>云台</Button> : null}
        {camera.can.playback === true ? <Button size="small" onClick={() => go(`/video/playback?camera_id=${camera.camera_id}`)}>回放</Button> : null}
        {may('siteplan.plan.read') ? <Button size="small" onClick={() => go(`/siteplan?at=camera.${camera.camera_id}`)}>平面图</Button> : null}
        <Button size="small" onClick={onLarge}>{large ? '缩小' : '放大'}</Button>
        <Button size="small" onClick={onLeave}>移除</Button>
      </div>
      {asking ? <ReasonModal open title={`留存「${camera.name}」前后各 ${BEFORE_S} 秒`} suggestions={['可疑人员', '车辆剐蹭', '高空抛物', '纠纷取证']} loading={clip.running} submitError={clip.error} onClose={() => { setAsking(undefined); clip.reset() }} onConfirm={async (reason) => { const at = Date.parse(asking); if (await clip.run({ camera_id: camera.camera_id, from_at: new Date(at - BEFORE_S * 1000).toISOString(), to_at: new Date(at + AFTER_S * 1000).toISOString(), reason })) setAsking(undefined) }} /> : null}
    </div>
  )
}
export { saidShort }
