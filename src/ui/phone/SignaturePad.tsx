// A signature by finger: drawn on white, given as a PNG when it says enough to be one.
import { useEffect, useRef, useState, type PointerEvent } from 'react'

const HEIGHT = 180
/** Fewer strokes' length than this is a touch by mistake. */
const LENGTH_MIN = 60

/** `signed` is told the picture after each stroke, and undefined when it was wiped. */
export function SignaturePad({ label, signed }: { label: string; signed: (png: Blob | undefined) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const last = useRef<{ x: number; y: number }>(undefined)
  const length = useRef(0)
  const [empty, setEmpty] = useState(true)
  const wipe = (): void => {
    const c = canvas.current
    const g = c?.getContext('2d')
    if (!c || !g) return
    // Twice the points: thin strokes stay smooth on paper.
    c.width = c.clientWidth * 2
    c.height = HEIGHT * 2
    g.fillStyle = '#fff'
    g.fillRect(0, 0, c.width, c.height)
    g.strokeStyle = '#111'
    g.lineWidth = 5
    g.lineCap = g.lineJoin = 'round'
    length.current = 0
  }
  useEffect(wipe, [])
  const at = (e: PointerEvent<HTMLCanvasElement>) => {
    const r = e.currentTarget.getBoundingClientRect()
    return { x: (e.clientX - r.left) * 2, y: (e.clientY - r.top) * 2 }
  }
  const move = (e: PointerEvent<HTMLCanvasElement>): void => {
    const from = last.current
    const g = canvas.current?.getContext('2d')
    if (!from || !g) return
    const to = at(e)
    g.beginPath()
    g.moveTo(from.x, from.y)
    g.lineTo(to.x, to.y)
    g.stroke()
    length.current += Math.hypot(to.x - from.x, to.y - from.y)
    last.current = to
  }
  const up = (): void => {
    if (!last.current) return
    last.current = undefined
    if (length.current < LENGTH_MIN) return
    setEmpty(false)
    canvas.current?.toBlob((b) => signed(b ?? undefined), 'image/png')
  }
  return (
    <div className="ph-field">
      <span className="ph-between"><span className="ph-legend">{label}</span>{empty ? null : <button type="button" className="ph-text-button" onClick={() => { wipe(); setEmpty(true); signed(undefined) }}>重签</button>}</span>
      <canvas
        ref={canvas} className="ph-sign" style={{ height: HEIGHT }} role="img" aria-label={empty ? `${label}:请用手指在此书写` : `${label}:已签`}
        onPointerDown={(e) => { e.currentTarget.setPointerCapture(e.pointerId); last.current = at(e) }} onPointerMove={move} onPointerUp={up} onPointerCancel={up}
      />
    </div>
  )
}
