// 小区水质: the newest test that was posted, item by item against its limit, and when the tank was cleaned.
import { Tag } from '../../../ui/phone/bits.tsx'
import { useRead } from '../../../ui/api.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { equipment } from '../contract.ts'

export function WaterPage() {
  const water = useRead(equipment.myWater, {})
  return (
    <Page title="小区水质" back="/mine">
      <Loaded reading={water}>
        {({ rows }) => (rows.length === 0 ? <StateBlock icon="empty" title="还没有公示" text="物业公示二次供水水质检测后会显示在这里" /> : (
          <>
            {rows.map((t) => (
              <section key={t.test_id} className="ph-section" aria-label={`${t.community_name} 水质`}>
                <h2 className="ph-h2 ph-line">{t.community_name}<Tag kind={t.passed ? 'good' : 'bad'}>{t.passed ? '合格' : '不合格'}</Tag></h2>
                <p className="ph-weak ph-small">{t.sampled_on} 采样({t.place}),{t.lab} 检测{t.report_no ? `,报告 ${t.report_no}` : ''}</p>
                <ul className="ph-list">{t.results.map((r) => <li key={r.name} className="ph-between ph-row"><span>{r.name}<span className="ph-weak ph-small" style={{ display: 'block' }}>{r.words ? `应${r.words}` : `限值 ${r.low !== null && r.high !== null ? `${r.low}–${r.high}` : r.low !== null ? `不低于 ${r.low}` : `不高于 ${r.high}`}${r.unit ? ` ${r.unit}` : ''}`}</span></span><span className={r.ok ? '' : 'ph-red ph-strong'}>{r.value}{r.unit && !r.words ? ` ${r.unit}` : ''}</span></li>)}</ul>
                {t.cleaned_on ? <p className="ph-small">水箱最近一次清洗消毒:{t.cleaned_on},{t.cleaned_by}</p> : null}
              </section>
            ))}
          </>
        ))}
      </Loaded>
    </Page>
  )
}
