// 监管总览: the rates against their targets, each with numerator and denominator that open their rows; what the register holds, by district.
import { Progress, Select } from 'antd'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { fileUrl, useRead } from '../../../ui/api.ts'
import { Figure } from '../../../ui/bits.tsx'
import { count } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { supervision, type Overview, type Rate } from '../contract.ts'
import { percentOf } from '../shown.ts'
import { said, useDistricts } from './tones.tsx'

const query = (o: Record<string, string | undefined>): string => new URLSearchParams(Object.entries(o).filter((x): x is [string, string] => x[1] !== undefined)).toString()
export default function OverviewPage() {
  const [search, setSearch] = useSearchState()
  const district_id = search['district_id']
  const asked = district_id ? { district_id } : {}
  const q = useRead(supervision.overview, asked, { keep: true })
  const d = useDistricts()
  const o = q.data
  const places = (more: Record<string, string | undefined>): string => `/supervision/places?${query({ district_id, ...more })}`
  return (
    <ReadPage title="监管总览" loading={q.loading} error={q.error} retry={q.retry} actions={<><Select aria-label="辖区" style={{ width: 200 }} allowClear placeholder="全部辖区" showSearch={{ optionFilterProp: 'label' }} value={district_id ?? null} options={d.options} onChange={(v: string | null) => setSearch({ district_id: v ?? undefined })} /><a className="ant-btn ant-btn-default" href={fileUrl(supervision.overviewPdf, asked)} target="_blank" rel="noreferrer">打印统计表</a></>}>
      {o ? (
        <>
          <div className="hy-figures">
            <Figure label="登记小区" value={count(o.place_count)} unit="个" to={places({})} />
            <Figure label="户数" value={count(o.household_count)} unit="户" to={places({})} />
            <Figure label="物业企业" value={count(o.firm_count)} unit="家" to="/supervision/firms" compare="全部辖区" />
            <Figure label="企业报送的小区" value={count(o.reporting_count)} unit="个" to={places({ reporting: '1' })} />
            <Figure label="无人管理" value={count(o.by_managed.find((x) => x.key === 'none')?.place_count ?? 0)} unit="个" to={places({ managed_by: 'none' })} />
            <Figure label="接管已超期" value={count(o.over_count)} unit="个" to={places({ over: '1' })} />
          </div>
          <div className="hy-card hy-stack"><h2 className="hy-h2">考核指标</h2><RatesTable rates={o.rates} places={places} /></div>
          <div className="hy-card hy-stack"><h2 className="hy-h2">各辖区</h2><ByDistrict o={o} /></div>
          <div className="hy-card hy-stack"><h2 className="hy-h2">分类统计</h2>
            <Counts title="管理方式" rows={o.by_managed} name={(k) => said('managed_by', k)} to={(k) => places({ managed_by: k })} />
            <Counts title="排查分类" rows={o.by_class} name={(k) => k} to={(k) => places({ class: k })} />
            <Counts title="小区类型" rows={o.by_kind} name={(k) => k} to={(k) => places({ kind: k })} />
          </div>
        </>
      ) : null}
    </ReadPage>
  )
}
function RatesTable({ rates, places }: { rates: readonly Rate[]; places: (o: Record<string, string>) => string }) {
  return (
    <RowsTable<Rate> cards label="考核指标" rows={[...rates]} row_key="code" empty="没有指标" columns={[
      { key: 'code', title: '指标', width: 140, show: (r) => said('code', r.code) },
      { key: 'rate', title: '达到', width: 220, show: (r) => <span className="hy-line"><strong className={r.met === false ? 'hy-red' : ''}>{percentOf(r.rate_bp)}</strong><span style={{ width: 100 }}><Progress percent={Math.floor((r.rate_bp ?? 0) / 100)} size="small" showInfo={false} status={r.met === false ? 'exception' : 'normal'} aria-label={said('code', r.code)} /></span></span> },
      { key: 'target_bp', title: '目标', width: 80, show: (r) => percentOf(r.target_bp) },
      { key: 'met', title: '结果', width: 80, show: (r) => (r.met === null ? '—' : r.met ? '达标' : <span className="hy-red">未达标</span>) },
      { key: 'numerator_count', title: '分子 / 分母', width: 130, align: 'left', show: (r) => <span><Go to={places({ code: r.code, answer: 'yes' })}>{r.numerator_count}</Go> / <Go to={places({ code: r.code })}>{r.code === 'manager' ? `${r.denominator_count} 人` : r.denominator_count}</Go></span> },
      { key: 'no_count', title: '未达到的小区', width: 110, align: 'left', show: (r) => (r.no_count ? <Go to={places({ code: r.code, answer: 'no' })}>{r.no_count}</Go> : '0') },
      { key: 'unknown_count', title: '未填的小区', width: 100, align: 'left', show: (r) => (r.unknown_count ? <Go to={places({ code: r.code, answer: 'unknown' })}>{r.unknown_count}</Go> : '0') },
    ]} />
  )
}
function ByDistrict({ o }: { o: Overview }) {
  return (
    <RowsTable<Overview['by_district'][number]> cards label="各辖区" rows={o.by_district} row_key="district_id" empty="没有下级辖区" columns={[
      { key: 'name', title: '辖区', width: 120, show: (r) => <Go to={`/supervision/overview?district_id=${r.district_id}`}>{r.name}</Go> },
      { key: 'place_count', title: '小区', width: 60, show: (r) => <Go to={`/supervision/places?district_id=${r.district_id}`}>{r.place_count}</Go> }, { key: 'household_count', title: '户数', width: 75 }, { key: 'none_count', title: '无人管理', width: 85, show: (r) => (r.none_count ? <Go to={`/supervision/places?district_id=${r.district_id}&managed_by=none`}>{r.none_count}</Go> : '0') },
      ...o.rates.map((k) => ({ key: k.code, title: said('code', k.code), width: 115, show: (r: Overview['by_district'][number]) => { const x = r.rates.find((y) => y.code === k.code)!; return x.denominator_count === 0 ? '—' : <Go to={`/supervision/places?district_id=${r.district_id}&code=${k.code}`} {...(x.met === false ? { className: 'hy-red' } : {})}>{`${x.numerator_count}/${x.denominator_count} ${percentOf(x.rate_bp)}`}</Go> } })),
    ]} />
  )
}
function Counts({ title, rows, name, to }: { title: string; rows: Overview['by_kind']; name: (key: string) => string; to: (key: string) => string }) {
  return (
    <RowsTable<Overview['by_kind'][number]> cards label={title} rows={rows} row_key="key" empty="还没有登记小区" columns={[
      { key: 'key', title, width: 160, show: (r) => <Go to={to(r.key)}>{name(r.key)}</Go> }, { key: 'place_count', title: '小区', width: 90 }, { key: 'household_count', title: '户数', width: 110 }, { key: 'area_m2', title: '建筑面积', width: 150 },
    ]} />
  )
}
