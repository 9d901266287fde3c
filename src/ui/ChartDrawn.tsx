import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use, type ECharts } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import type { ChartProps } from './Chart.tsx'
import { FONT } from './theme.ts'

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])
const COLOURS = ['#8fb3dd', '#0958b3', '#b25e00', '#18794e', '#7a3ea8', '#5c626b']

export function ChartDrawn({ x, series, write, axis, height, fit }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)
  useEffect(() => {
    const el = box.current
    if (!el) return
    const c = init(el, null, { renderer: 'svg' })
    chart.current = c
    const watch = new ResizeObserver(() => c.resize())
    watch.observe(el)
    return () => {
      watch.disconnect()
      c.dispose()
    }
  }, [])
  useEffect(() => {
    chart.current?.setOption({
      animation: false,
      color: series.map((s, i) => s.colour ?? COLOURS[i % COLOURS.length] ?? '#0958b3'),
      textStyle: { fontFamily: FONT },
      grid: { left: 8, right: 12, top: 36, bottom: 4, containLabel: true },
      legend: { top: 0, right: 0, itemHeight: 10, textStyle: { color: '#3a3f47' } },
      tooltip: { trigger: 'axis', valueFormatter: (v: unknown) => (write ?? String)(v as number) },
      xAxis: { type: 'category', data: [...x], axisLabel: { color: '#4a4f57' }, axisTick: { show: false } },
      yAxis: { type: 'value', scale: fit === true, axisLabel: { color: '#4a4f57', formatter: axis ?? ((v: number) => String(v)) }, splitLine: { lineStyle: { color: '#e9ecf0' } } },
      series: series.map((s) => ({ name: s.name, type: s.kind, data: [...s.values], barMaxWidth: 22, symbolSize: 6, showSymbol: s.values.length <= 60 })),
    }, { notMerge: true })
  }, [x, series, write, axis, fit])
  return <div ref={box} style={{ height }} />
}
