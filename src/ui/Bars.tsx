// Grouped bars by month, drawn as SVG: the work bench must not load a chart library of 180 KB for twenty-four rectangles.
// For anything more use Chart (ECharts).
import { useLayoutEffect, useRef, useState } from 'react'
import type { ChartProps } from './Chart.tsx'
import { DataTable } from './DataTable.tsx'

const LEFT = 56
const TOP = 30
const BOTTOM = 24
const COLOURS = ['#9dbde3', '#0958b3', '#b25e00']

export function Bars({ label, x, series, write = String, axis = String, height = 260 }: ChartProps) {
  const box = useRef<HTMLElement>(null)
  const [width, setWidth] = useState(960)
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const watch = new ResizeObserver(() => setWidth(Math.max(320, Math.round(el.clientWidth))))
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  const most = Math.max(0, ...series.flatMap((s) => s.values))
  const top = ceiling(Math.max(1, most))
  const y = (v: number) => TOP + (1 - Math.max(0, v) / top) * (height - TOP - BOTTOM)
  const slot = (width - LEFT) / Math.max(1, x.length)
  const bar = Math.min(26, (slot * 0.7) / Math.max(1, series.length))
  const colour = (i: number) => series[i]?.colour ?? COLOURS[i % COLOURS.length]
  return (
    <figure ref={box} className="hy-chart" style={{ margin: 0, minHeight: height }} aria-label={label}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} className="hy-bars" aria-hidden>
        {series.map((s, i) => (
          <g key={s.name} transform={`translate(${width - (series.length - i) * 76}, 8)`}>
            <rect width="12" height="12" rx="2" fill={colour(i)} />
            <text x="18" y="11">{s.name}</text>
          </g>
        ))}
        {/* Without a value there is nothing to measure against: the ground line alone. */}
        {(most === 0 ? [0] : [0, 0.25, 0.5, 0.75, 1]).map((p) => (
          <g key={p}>
            <line x1={LEFT} x2={width} y1={y(top * p)} y2={y(top * p)} stroke={p === 0 ? '#aab1bb' : '#e9ecf0'} />
            <text x={LEFT - 6} y={y(top * p) + 4} textAnchor="end">{axis(top * p)}</text>
          </g>
        ))}
        {x.map((name, i) => (
          <g key={name}>
            <title>{[name, ...series.map((s) => `${s.name} ${write(s.values[i] ?? 0)}`)].join('\n')}</title>
            <rect x={LEFT + i * slot} y={TOP} width={slot} height={height - TOP - BOTTOM} fill="transparent" />
            {series.map((s, k) => {
              const v = s.values[i] ?? 0
              return <rect key={s.name} x={LEFT + i * slot + (slot - bar * series.length) / 2 + k * bar} y={y(v)} width={Math.max(2, bar - 2)} height={Math.max(0, y(0) - y(v))} rx="2" fill={colour(k)} />
            })}
            <text x={LEFT + (i + 0.5) * slot} y={height - 6} textAnchor="middle">{slot < 56 ? name.slice(-2) : name}</text>
          </g>
        ))}
      </svg>
      <DataTable label={label} x={x} series={series} write={write} />
    </figure>
  )
}

/** The next round number above: 1, 2, 4 or 8 times a power of ten, so that quarters stay readable. */
function ceiling(v: number): number {
  const power = 10 ** Math.floor(Math.log10(v))
  return (([1, 2, 4, 8].find((k) => k * power >= v) ?? 10) * power)
}
