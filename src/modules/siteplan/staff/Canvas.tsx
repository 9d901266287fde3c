// The picture under two fingers. Points keep their size while the picture grows; where they would lie on each other they are one with a number, which opens by growing, or as a list.
import { useEffect, useLayoutEffect, useRef, useState, type PointerEvent } from 'react'
import { RIGHT_EDGE, badOf, isWords, spotsOf, type Spot } from '../cluster.ts'
import type { Line, Pin, Version } from '../contract.ts'
import { letterOf } from '../glyph.ts'
import { pinName, said, stateText } from '../shown.ts'
import { SCALE_MAX, centred, fitted, kept, zoomed, type View, type Window } from './view.ts'

const GAP_PX = 34
const STEP = 1.6
const BEGIN_MAX = 1.8
const MOVED_PX = 6
/** From this scale on every point says its name. */
const NAMES = 4
const MOST = 1000
interface Props {
  url: string | undefined
  version: Version
  name: string
  pins: readonly Pin[]
  lines: readonly Line[]
  on: string | undefined
  old: boolean
  choose: (pin_id: string) => void
  open: (pin_ids: readonly string[]) => void
}
export function Canvas({ url, version: v, name, pins, lines, on, old, choose, open }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [win, setWin] = useState<Window>({ width: 366, height: 400 })
  const picture = { width: v.width_px, height: v.height_px }
  // A wide picture on a tall phone begins larger than whole, with its middle in sight.
  const [held, setView] = useState<View>()
  const begun = centred({ x: MOST / 2, y: MOST / 2 }, Math.min(BEGIN_MAX, win.height / fitted(picture, win).height), picture, win)
  const view = kept(held ?? begun, picture, win)
  useLayoutEffect(() => {
    const el = box.current!
    const watch = new ResizeObserver(() => setWin({ width: el.clientWidth, height: el.clientHeight }))
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  const pin = pins.find((p) => p.pin_id === on)
  // What is chosen from the list comes into view.
  useEffect(() => {
    if (!pin) return
    setView((w) => centred({ x: pin.x_permille, y: pin.y_permille }, Math.max(w?.scale ?? 1, 3), { width: v.width_px, height: v.height_px }, win))
  // Once a choice, not at each refresh of its state.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [on])
  const fingers = useRef(new Map<number, { x: number; y: number }>())
  const moved = useRef(0)
  const at = (e: { clientX: number; clientY: number }) => { const r = box.current!.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top } }
  const down = (e: PointerEvent): void => {
    if (fingers.current.size === 0) moved.current = 0
    fingers.current.set(e.pointerId, at(e))
  }
  const move = (e: PointerEvent): void => {
    const before = fingers.current.get(e.pointerId)
    if (!before) return
    const now = at(e)
    const all = [...fingers.current.values()]
    const other = all.find((f) => f !== before)
    fingers.current.set(e.pointerId, now)
    moved.current += Math.hypot(now.x - before.x, now.y - before.y)
    if (moved.current < MOVED_PX) return
    // Only a drag is caught: a tap must still reach the point under it.
    if (!box.current!.hasPointerCapture(e.pointerId)) box.current!.setPointerCapture(e.pointerId)
    if (other) {
      const [was, is] = [Math.hypot(before.x - other.x, before.y - other.y), Math.hypot(now.x - other.x, now.y - other.y)]
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
      setView((w) => { const z = zoomed(kept(w ?? begun, picture, win), is / Math.max(1, was), middle, picture, win); return kept({ ...z, x: z.x + (now.x - before.x) / 2, y: z.y + (now.y - before.y) / 2 }, picture, win) })
    } else setView((w) => { const k = kept(w ?? begun, picture, win); return kept({ ...k, x: k.x + now.x - before.x, y: k.y + now.y - before.y }, picture, win) })
  }
  const up = (e: PointerEvent): void => void fingers.current.delete(e.pointerId)
  const tapped = (run: () => void) => (): void => { if (moved.current < MOVED_PX) run() }
  const step = (by: number): void => setView((w) => zoomed(kept(w ?? begun, picture, win), by, { x: win.width / 2, y: win.height / 2 }, picture, win))
  const fit = fitted(picture, win)
  const size = { width: fit.width * view.scale, height: fit.height * view.scale }
  const spots = spotsOf(pins, size, GAP_PX, on)
  const place = (x: number, y: number) => ({ left: view.x + (x / MOST) * size.width, top: view.y + (y / MOST) * size.height })
  const inside = (s: Spot): boolean => { const p = place(s.x, s.y); return p.left > -40 && p.top > -40 && p.left < win.width + 40 && p.top < win.height + 40 }
  const line = v.width_px / 220 / Math.sqrt(view.scale)
  return (
    <div ref={box} className="sq-window" role="region" aria-label={`${name} 图`} tabIndex={0} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up} onWheel={(e) => { const p = at(e); setView((w) => zoomed(kept(w ?? begun, picture, win), e.deltaY < 0 ? 1.2 : 1 / 1.2, p, picture, win)) }} onDoubleClick={(e) => { const p = at(e); setView((w) => zoomed(kept(w ?? begun, picture, win), 2, p, picture, win)) }}>
      {url ? <img className="sq-picture" src={url} alt={`${name} 第 ${v.version_no} 版`} draggable={false} style={{ width: size.width, height: size.height, transform: `translate(${view.x}px, ${view.y}px)` }} /> : null}
      <svg aria-hidden="true" width={size.width} height={size.height} viewBox={`0 0 ${v.width_px} ${v.height_px}`} style={{ transform: `translate(${view.x}px, ${view.y}px)` }}>
        {lines.map((l) => <polyline key={l.line_id} className={`sq-${l.kind}`} strokeWidth={line} strokeDasharray={l.kind === 'fire_lane' ? `${line * 3} ${line * 2}` : undefined} points={l.points.map((p) => `${(p[0] / MOST) * v.width_px},${(p[1] / MOST) * v.height_px}`).join(' ')} />)}
      </svg>
      {spots.filter(inside).map((s) => {
        const p = s.pins[0]!
        const where = place(s.x, s.y)
        const looks = `sq-${s.tone}${old ? ' sq-old' : ''}${s.x > RIGHT_EDGE ? ' sq-left' : ''}`
        if (s.pins.length > 1) {
          const n = badOf(s)
          const words = [...Map.groupBy(s.pins, (x) => (x.shown === 'mark' ? said('mark', x.mark) : said('shown', x.shown)))].map(([k, l]) => `${k} ${l.length}`).join('、')
          // Growing parts them while there is room to grow; points on one spot open as a list.
          const grow = tapped(() => { const bigger = spotsOf(s.pins, { width: size.width * 2.5, height: size.height * 2.5 }, GAP_PX); if (view.scale < SCALE_MAX / 1.5 && bigger.length > 1) setView(centred({ x: s.x, y: s.y }, Math.min(SCALE_MAX, view.scale * 2.5), picture, win)); else open(s.pins.map((x) => x.pin_id)) })
          return <button key={s.key} type="button" className={`sq-pin ${looks}`} style={where} aria-label={`${s.pins.length} 个点:${words}${n > 0 ? `,异常和注意 ${n}` : ''}`} onClick={grow}><span className="sq-glyph sq-many" aria-hidden="true">{s.pins.length}{n > 0 ? '!' : ''}</span></button>
        }
        const say = stateText(p)
        const loud = p.tone === 'bad' || p.tone === 'warn'
        const letter = letterOf(p)
        const full = [p.shown === 'mark' ? said('mark', p.mark) : said('shown', p.shown), pinName(p), say].filter(Boolean).join(',')
        if (isWords(p) || !letter) return <button key={s.key} type="button" className={`sq-pin sq-words ${looks}`} style={where} aria-label={full} onClick={tapped(() => choose(p.pin_id))}><span className="sq-say sq-name">{p.name}</span></button>
        return <button key={s.key} type="button" className={`sq-pin ${looks}${p.pin_id === on ? ' sq-on' : ''}`} style={where} aria-label={full} onClick={tapped(() => choose(p.pin_id))}><span className="sq-glyph" aria-hidden="true">{letter}</span>{view.scale >= NAMES ? <span className="sq-say">{[pinName(p), loud ? say : ''].filter(Boolean).join(' ')}</span> : loud ? <span className="sq-say">{say}</span> : null}</button>
      })}
      <div className="sq-zoom" onPointerDown={(e) => e.stopPropagation()}>
        <button type="button" aria-label="放大" disabled={view.scale >= SCALE_MAX} onClick={() => step(STEP)}>+</button>
        <button type="button" aria-label="缩小" disabled={view.scale <= 1} onClick={() => step(1 / STEP)}>−</button>
        <button type="button" aria-label="看全图" disabled={view.scale <= 1} onClick={() => setView({ scale: 1, x: 0, y: 0 })}>全</button>
      </div>
    </div>
  )
}
