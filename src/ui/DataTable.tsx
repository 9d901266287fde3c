import type { ChartProps } from './Chart.tsx'

/** The numbers of a chart for people who do not see it. */
export function DataTable({ label, x, series, write = String }: Pick<ChartProps, 'label' | 'x' | 'series' | 'write'>) {
  return (
    <table className="hy-unseen">
      <caption>{label}</caption>
      <thead><tr><th scope="col">项目</th>{series.map((s) => <th key={s.name} scope="col">{s.name}</th>)}</tr></thead>
      <tbody>{x.map((name, i) => <tr key={name}><th scope="row">{name}</th>{series.map((s) => <td key={s.name}>{write(s.values[i] ?? 0)}</td>)}</tr>)}</tbody>
    </table>
  )
}
