// The picture with what stands on it. Places are per mille of the picture, so that they hold at every size. A pin is a button: by Tab, by Enter, and while drawing by the arrows.
import { Popover } from 'antd'
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { fileUrl } from '../../../ui/api.ts'
import { RIGHT_EDGE, badOf, spotsOf, type Spot } from '../cluster.ts'
import { siteplan, type Line, type Pin, type Version } from '../contract.ts'
import { letterOf, looksOf } from '../glyph.ts'
import { pinName, said, stateText } from '../shown.ts'

const MOST = 1000
const STEP = 10
const DRAG_PX = 3
/** Nearer than this their glyphs lie on each other. */
const GAP_PX = 30
/** From this size on every pin says its name. */
const NAMES_ZOOM = 2
export type Point = [number, number]
const bound = (n: number): number => Math.min(MOST, Math.max(0, Math.round(n)))
const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
interface Props {
  version: Version
  name: string
  pins: readonly Pin[]
  lines: readonly Line[]
  drawing: readonly Point[]
  zoom: number
  on: string | undefined
  edit: boolean
  choose: (pin_id: string) => void
  move: (pin_id: string, at: Point) => void
  /** A click on the picture, while something waits to be put there. */
  put: ((at: Point) => void) | undefined
  /** Clicks go through all points, or through the names of buildings. */
  through: 'all' | 'names' | undefined
}
export function Sheet({ version: v, name, pins, lines, drawing, zoom, on, edit, choose, move, put, through }: Props) {
  const sheet = useRef<HTMLDivElement>(null)
  const [wide, setWide] = useState(0)
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([e]) => setWide(e!.contentRect.width))
    watch.observe(sheet.current!)
    return () => watch.disconnect()
  }, [])
  // While drawing each point stands where it is put.
  const spots = edit || wide === 0 ? pins.map((p): Spot => ({ key: p.pin_id, pins: [p], x: p.x_permille, y: p.y_permille, tone: p.tone })) : spotsOf(pins, { width: wide, height: (wide * v.height_px) / v.width_px }, GAP_PX, on)
  const at = (e: { clientX: number; clientY: number }): Point => {
    const r = sheet.current!.getBoundingClientRect()
    return [bound(((e.clientX - r.left) / r.width) * MOST), bound(((e.clientY - r.top) / r.height) * MOST)]
  }
  useEffect(() => { if (on) document.getElementById(`pin-${on}`)?.scrollIntoView({ block: 'center', inline: 'center' }) }, [on, zoom, v.version_id])
  const scale = (p: readonly [number, number]): string => `${(p[0] / MOST) * v.width_px},${(p[1] / MOST) * v.height_px}`
  const width = v.width_px / 280
  return (
    <div className="sp-scroll" role="region" aria-label={`${name} 图`} tabIndex={0}>
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div ref={sheet} className={`sp-sheet${put ? ' sp-put' : ''}${through === 'all' ? ' sp-through' : through === 'names' ? ' sp-over' : ''}`} style={{ width: `${zoom * 100}%` }} onClick={(e) => { if (put && e.target === e.currentTarget) put(at(e)) }}>
        <img src={fileUrl(siteplan.picture, { version_id: v.version_id })} alt={`${name} 第 ${v.version_no} 版`} width={v.width_px} height={v.height_px} draggable={false} />
        <svg viewBox={`0 0 ${v.width_px} ${v.height_px}`} aria-hidden="true">
          {lines.map((l) => <g key={l.line_id}><polyline className={`sp-${l.kind}`} strokeWidth={width} strokeDasharray={l.kind === 'fire_lane' ? `${width * 3} ${width * 2}` : undefined} points={l.points.map(scale).join(' ')} />{l.kind === 'escape' ? <Arrow line={l} v={v} width={width} /> : null}</g>)}
          {drawing.length > 0 ? <polyline className="sp-drawing" strokeWidth={width} points={drawing.map(scale).join(' ')} /> : null}
          {drawing.map((p, i) => <circle key={`${i} ${p.join()}`} r={width * 1.2} fill="#0958b3" cx={(p[0] / MOST) * v.width_px} cy={(p[1] / MOST) * v.height_px} />)}
        </svg>
        {spots.map((s) => { const p = s.pins[0]!; return s.pins.length > 1 ? <ManyButton key={`many ${s.key}`} spot={s} choose={choose} /> : <PinButton key={p.pin_id} pin={p} on={p.pin_id === on} named={zoom >= NAMES_ZOOM} edit={edit} at={at} choose={() => choose(p.pin_id)} move={(x) => move(p.pin_id, x)} /> })}
      </div>
    </div>
  )
}
function Arrow({ line, v, width }: { line: Line; v: Version; width: number }) {
  const [a, b] = [line.points.at(-2)!, line.points.at(-1)!].map((p) => [(p[0] / MOST) * v.width_px, (p[1] / MOST) * v.height_px] as const) as [readonly [number, number], readonly [number, number]]
  const turn = (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI
  return <polygon fill="#0b6b3a" points={`${width * 3},0 ${-width},${width * 2} ${-width},${-width * 2}`} transform={`translate(${b[0]} ${b[1]}) rotate(${turn})`} />
}
/** Points that lie on each other at this size: their number, and how many of them want somebody; it opens as a list. */
function ManyButton({ spot: s, choose }: { spot: Spot; choose: (pin_id: string) => void }) {
  const [open, setOpen] = useState(false)
  const n = badOf(s)
  const words = [...Map.groupBy(s.pins, (p) => (p.shown === 'mark' ? said('mark', p.mark) : said('shown', p.shown)))].map(([k, l]) => `${k} ${l.length}`).join('、')
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" content={<ul className="sp-list sp-many-list" aria-label="这里的点">{s.pins.map((p) => <li key={p.pin_id}><button type="button" onClick={() => { setOpen(false); choose(p.pin_id) }}><span>{p.shown === 'mark' ? said('mark', p.mark) : said('shown', p.shown)} {pinName(p)}</span><span className={`sp-tag sp-t-${p.tone}`}>{stateText(p)}</span></button></li>)}</ul>}>
      <button type="button" className={`sp-pin sp-${s.tone}${s.x > RIGHT_EDGE ? ' sp-left' : ''}`} style={{ left: `${s.x / 10}%`, top: `${s.y / 10}%` }} aria-expanded={open} aria-label={`${s.pins.length} 个点:${words}${n > 0 ? `,异常和注意 ${n}` : ''}`}>
        <span className="sp-glyph sp-many" aria-hidden="true">{s.pins.length}{n > 0 ? '!' : ''}</span>
      </button>
    </Popover>
  )
}
function PinButton({ pin: p, on, named, edit, at, choose, move }: { pin: Pin; on: boolean; named: boolean; edit: boolean; at: (e: PointerEvent) => Point; choose: () => void; move: (at: Point) => void }) {
  // Where it is dragged to counts until the server says another place than it said then.
  const [held, setHeld] = useState<{ to: Point; was: string }>()
  const was = `${p.x_permille} ${p.y_permille}`
  const here = held?.was === was ? held.to : undefined
  const setHere = (to: Point | undefined): void => setHeld(to && { to, was })
  const from = useRef<{ x: number; y: number; moved: boolean }>(null)
  const [x, y] = here ?? [p.x_permille, p.y_permille]
  const say = stateText(p)
  const loud = p.tone === 'bad' || p.tone === 'warn'
  const letter = letterOf(p)
  // The state first where there is one to be seen from afar; the name of the button holds the words as they stand on it (WCAG 2.5.3).
  const full = named || !loud ? [pinName(p), say].filter(Boolean).join(' ') : `${say} ${pinName(p)}`
  const drop = (): void => {
    const begun = from.current
    from.current = null
    if (!begun) return
    if (begun.moved && here) move(here)
    else choose()
  }
  const key = (e: KeyboardEvent): void => {
    const way = ARROWS[e.key]
    if (!edit || !way) return
    e.preventDefault()
    const n = e.shiftKey ? 1 : STEP
    setHere([bound(x + way[0] * n), bound(y + way[1] * n)])
  }
  return (
    <button
      id={`pin-${p.pin_id}`} type="button" className={`sp-pin ${looksOf(p)}${on ? ' sp-on' : ''}${x > RIGHT_EDGE ? ' sp-left' : ''}`} style={{ left: `${x / 10}%`, top: `${y / 10}%` }} aria-pressed={on} aria-label={`${p.shown === 'mark' ? said('mark', p.mark) : said('shown', p.shown)},${full}`}
      onPointerDown={(e) => { if (e.button !== 0) return; from.current = { x: e.clientX, y: e.clientY, moved: false }; if (edit) e.currentTarget.setPointerCapture(e.pointerId) }}
      onPointerMove={(e) => { const f = from.current; if (!edit || !f) return; if (!f.moved && Math.hypot(e.clientX - f.x, e.clientY - f.y) < DRAG_PX) return; f.moved = true; setHere(at(e)) }}
      onPointerUp={drop} onPointerCancel={() => { from.current = null; setHere(undefined) }}
      onKeyDown={key} onKeyUp={(e) => { if (edit && ARROWS[e.key] && here) move(here) }} onClick={(e) => { if (e.detail === 0) choose() }}
    >
      {letter ? <span className="sp-glyph" aria-hidden="true">{letter}</span> : null}
      {!letter ? <span className="sp-say sp-name">{p.name}</span> : named ? <span className="sp-say">{full}</span> : loud ? <span className="sp-say">{say}<span className="sp-more"> {pinName(p)}</span></span> : <span className="sp-say sp-more">{full}</span>}
    </button>
  )
}
