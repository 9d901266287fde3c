// Bars and lines through ECharts, loaded when the first chart comes into view. The same numbers stand in a table for screen readers.
import { Skeleton } from 'antd'
import { DataTable } from './DataTable.tsx'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'

export interface ChartProps {
  /** Says what the chart shows: its accessible name. */
  label: string
  x: readonly string[]
  series: readonly { name: string; kind: 'bar' | 'line'; values: readonly number[]; colour?: string }[]
  /** How a value is written in the tooltip and the table. */
  write?: (value: number) => string
  /** How a value is written on the axis. */
  axis?: (value: number) => string
  height?: number
  /** The axis begins where the values do, not at zero: for what only grows. */
  fit?: boolean
}
const Drawn = lazy(() => import('./ChartDrawn.tsx').then((m) => ({ default: m.ChartDrawn })))

export function Chart(p: ChartProps) {
  const height = p.height ?? 280
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    const el = box.current
    if (!el) return
    const watch = new IntersectionObserver((e) => { if (e.some((x) => x.isIntersecting)) setSeen(true) })
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  return (
    <figure ref={box} className="hy-chart" style={{ margin: 0, minHeight: height }} aria-label={p.label}>
      <div aria-hidden>{seen ? <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 6 }} />}><Drawn {...p} height={height} /></Suspense> : null}</div>
      <DataTable {...p} />
    </figure>
  )
}
