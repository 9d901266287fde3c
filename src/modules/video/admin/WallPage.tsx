// 监控墙: up to sixteen live pictures. Which ones stands in the address, so that a wall can be kept as a bookmark and given to a colleague.
import { Button, Input, Segmented } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useRead } from '../../../ui/api.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { BoardPage } from '../../../ui/pages.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { video, TILES_MAX, type CameraRow } from '../contract.ts'
import { saidShort } from '../shown.ts'
import { Links } from './links.ts'
import { Tile } from './Tile.tsx'
import './video.css'

const SIZES = [1, 4, 9, 16]
const AGAIN_MS = 15_000
const sizeOf = (text: string | undefined): number => SIZES.find((n) => String(n) === text) ?? 4
export default function WallPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useRead(video.cameras, place_id ? { community_id: place_id } : {}, { refresh_ms: AGAIN_MS })
  const [search, setSearch] = useSearchState()
  const [chosen, setChosen] = useState(0)
  const [typed, setTyped] = useState('')
  const wall = useRef<HTMLDivElement>(null)
  const [links] = useState(() => new Links())
  useEffect(() => () => links.close(), [links])
  const cameras = list.data?.rows ?? []
  const size = sizeOf(search['n'])
  // Without a choice in the address the wall shows the first cameras that answered when it was opened: one that dies meanwhile says so in its place.
  const given = search['c']
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const opened = useMemo(() => cameras.filter((k) => k.state.online !== false && k.can.watch === true).slice(0, size).map((k) => k.camera_id), [place_id, size, list.data === undefined])
  const ids = given === undefined ? opened : given.split(',')
  const slots = Array.from({ length: TILES_MAX }, (_, i) => cameras.find((k) => k.camera_id === ids[i]))
  const large = slots.findIndex((k) => k !== undefined && k.camera_id === search['big'])
  const put = (next: readonly (string | undefined)[]): void => setSearch({ c: next.map((x) => x ?? '').join(',').replace(/,+$/, '') || ',' })
  const now = slots.map((k) => k?.camera_id)
  const place = (k: CameraRow): void => {
    const at = now.indexOf(k.camera_id)
    if (at >= 0 && at < size) return setChosen(at)
    const next = [...now]
    next[chosen] = k.camera_id
    put(next)
    const free = next.slice(0, size).findIndex((x, i) => i > chosen && x === undefined)
    setChosen(free >= 0 ? free : Math.min(chosen + 1, size - 1))
  }
  const groups = Map.groupBy(cameras.filter((k) => typed === '' || `${k.no} ${k.name} ${k.place}`.includes(typed)), (k) => (place_id ? (k.building_name ?? '公共区域') : `${k.community_name} ${k.building_name ?? '公共区域'}`))
  const shown = large >= 0 ? [large] : Array.from({ length: size }, (_, i) => i)
  const across = Math.ceil(Math.sqrt(shown.length))
  const offline = cameras.filter((k) => k.state.online === false).length
  return (
    <BoardPage
      title="监控墙" loading={list.loading} error={list.error} retry={list.retry}
      legend={<span className="hy-muted">{list.data ? `${cameras.length} 台摄像机` : ''}{offline > 0 ? `,离线 ${offline}` : ''}{list.data && list.data.service_at === null ? <span className="hy-red">;视频服务没有运行</span> : null}</span>}
      actions={<><Segmented aria-label="画面数" value={size} options={SIZES.map((n) => ({ value: n, label: `${n} 画面` }))} onChange={(n) => { setSearch({ n: String(n), big: undefined }); setChosen(0) }} /><Button onClick={() => put([])}>清空</Button><Button onClick={() => void wall.current?.requestFullscreen?.()}>全屏</Button></>}
      side={
        <div className="vd-cams">
          <Input size="small" allowClear aria-label="查找摄像机" placeholder="机位号、名称、位置" value={typed} onChange={(e) => setTyped(e.target.value)} />
          {[...groups].map(([name, ks]) => (
            <div key={name}><h3>{name}</h3>{ks.map((k) => (
              <button key={k.camera_id} type="button" aria-pressed={now.slice(0, size).includes(k.camera_id)} title={`${k.place}${k.state.fault ? `:${saidShort(k.state.fault)}` : ''}`} onClick={() => place(k)}>
                <span className={`vd-dot${k.state.online === true ? ' vd-dot-on' : k.state.online === false ? ' vd-dot-off' : ''}`} role="img" aria-label={k.state.online === true ? '在线' : k.state.online === false ? '离线' : '未检查'} />{k.no} {k.name}
              </button>
            ))}</div>
          ))}
          {list.data && cameras.length === 0 ? <p className="hy-muted">还没有摄像机{may('video.camera.change') ? <>,<Go to="/video/cameras">去登记</Go></> : ''}</p> : null}
        </div>
      }
    >
      <div ref={wall} className="vd-wall" style={{ gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))`, gridTemplateRows: `repeat(${Math.ceil(shown.length / across)}, minmax(0, 1fr))` }}>
        {shown.map((i) => {
          const k = slots[i]
          return k
            ? <Tile key={`${i} ${k.camera_id}`} camera={k} links={links} shown={shown.length} stream={shown.length === 1 ? 'main' : 'sub'} on={i === chosen && shown.length > 1} large={shown.length === 1} onChoose={() => setChosen(i)} onLeave={() => { const next = [...now]; next[i] = undefined; put(next); setSearch({ big: undefined }) }} onLarge={() => setSearch({ big: large >= 0 ? undefined : k.camera_id })} />
            : <div key={i} className={`vd-tile${i === chosen ? ' vd-on' : ''}`}><button type="button" className="vd-empty" onClick={() => setChosen(i)}>{i === chosen ? '在左边选一台摄像机' : '空'}</button></div>
        })}
      </div>
    </BoardPage>
  )
}
