// 岗亭: the lane as a camera sees it now, small, when the guard asks for it. Each is a view as on the wall: a token good once, a row in the view log. At most four at a time,
// each for five minutes: a booth is open all day, and a picture that nobody looks at costs a camera's only connection.
import { Button, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { toast } from '../../../ui/feedback.tsx'
import { video } from '../contract.ts'
import { stateText, useLive } from './Tile.tsx'
import { Links } from './links.ts'
import './video.css'

const AT_ONCE = 4
const SHOWN_MS = 5 * 60_000
const FRESH_MS = 60_000
/** One connection for the page, however many lanes are watched; of this page only. */
let links: Links | undefined
const open = new Set<string>()

export function LaneLive({ id }: { id: string }) {
  const cameras = useRead(video.laneCameras, { lane_id: id }, { stale_ms: FRESH_MS })
  const [camera_id, setCamera] = useState<string>()
  const rows = cameras.data?.rows ?? []
  if (rows.length === 0) return null
  const look = (chosen: string): void => {
    if (!open.has(id) && open.size >= AT_ONCE) return void toast.info(`最多同时看 ${AT_ONCE} 路,请先关掉一路`)
    setCamera(chosen)
  }
  const name = rows.find((r) => r.camera_id === camera_id)?.name
  return (
    <div className="hy-stack">
      {camera_id && name ? <LiveBox key={camera_id} lane_id={id} camera_id={camera_id} name={name} over={() => setCamera(undefined)} /> : null}
      <div className="hy-line">
        {rows.length > 1 ? <Select size="small" aria-label="摄像机" style={{ minWidth: 130 }} value={camera_id ?? null} placeholder="选摄像机看实时" onChange={look} options={rows.map((r) => ({ value: r.camera_id, label: r.name }))} /> : camera_id ? null : <Button size="small" onClick={() => look(rows[0]!.camera_id)}>看实时画面</Button>}
        {camera_id ? <Button size="small" onClick={() => setCamera(undefined)}>关闭画面</Button> : null}
      </div>
    </div>
  )
}
function LiveBox({ lane_id, camera_id, name, over }: { lane_id: string; camera_id: string; name: string; over: () => void }) {
  const [mine] = useState(() => (links ??= new Links()))
  const { box, state } = useLive(camera_id, 'sub', true, mine, AT_ONCE)
  useEffect(() => {
    open.add(lane_id)
    const timer = window.setTimeout(over, SHOWN_MS)
    return () => {
      clearTimeout(timer)
      open.delete(lane_id)
      if (open.size > 0) return
      mine.close()
      links = undefined
    }
    // How it ends does not begin it anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lane_id, mine])
  const text = stateText(state)
  return (
    <div className="vd-lane" role="group" aria-label={`${name} 实时画面`}>
      {/* A camera of a place says nothing: the stream has no sound to write captions for. */}
      <video ref={box} aria-label={`${name} 实时画面`} muted />
      <div className="vd-name"><span>{name} 实时</span></div>
      {text ? <div className="vd-say" role="status">{text}</div> : null}
    </div>
  )
}
