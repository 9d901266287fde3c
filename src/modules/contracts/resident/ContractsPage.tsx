// 合同与规约: what was disclosed of the community in force now, what was signed for the own house, what one is a party of.
import { fileUrl, useRead } from '../../../ui/api.ts'
import { Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { contracts } from '../contract.ts'
import { said, spanText } from '../shown.ts'

export function ContractsPage() {
  const q = useRead(contracts.myContracts, {})
  return (
    <Page title="合同与规约" back="/mine">
      <Loaded reading={q}>
        {({ posted, signed, mine }) => (
          <>
            {posted.length === 0 ? <StateBlock icon="empty" title="还没有公示" text="物业公示服务合同、服务标准和管理规约后会显示在这里" /> : null}
            {posted.map((t) => (
              <section key={t.contract_id} className="ph-section" aria-label={t.title}>
                <h2 className="ph-h2">{t.title}</h2>
                <p className="ph-weak ph-small">{t.community_name} {t.kind_name},{spanText(t)}{t.parties.length > 0 ? `,${t.parties.join('、')}` : ''}</p>
                <ul className="ph-list">{t.papers.map((p) => <li key={p.paper_id} className="ph-row"><a href={fileUrl(contracts.myPaperFile, { paper_id: p.paper_id })} target="_blank" rel="noreferrer">{p.title}</a><span className="ph-weak ph-small" style={{ display: 'block' }}>第 {p.version_no} 版,{p.posted_on} 公示</span>{p.post_note ? <span className="ph-small" style={{ display: 'block', whiteSpace: 'pre-wrap' }}>{p.post_note}</span> : null}</li>)}</ul>
              </section>
            ))}
            {signed.length > 0 ? (
              <section className="ph-section" aria-label="本户签署">
                <h2 className="ph-h2">本户签署</h2>
                <ul className="ph-list">{signed.map((s) => <li key={s.signature_id} className="ph-row">{s.has_file ? <a href={fileUrl(contracts.mySignatureFile, { signature_id: s.signature_id })} target="_blank" rel="noreferrer">{s.title}</a> : s.title}<span className="ph-weak ph-small" style={{ display: 'block' }}>{s.house_label} {s.kind_name},{s.signer_name} 于 {s.signed_on} 签署</span></li>)}</ul>
              </section>
            ) : null}
            {mine.length > 0 ? (
              <section className="ph-section" aria-label="我的合同">
                <h2 className="ph-h2">我的合同</h2>
                <ul className="ph-list">{mine.map((t) => <li key={t.contract_id} className="ph-row"><span className="ph-line">{t.title}<Tag {...(t.state === 'active' ? { kind: 'good' as const } : {})}>{said('contract', t.state)}</Tag></span><span className="ph-weak ph-small" style={{ display: 'block' }}>{t.no} {t.kind_name},{spanText(t)}</span>{t.papers.map((p) => <a key={p.paper_id} className="ph-small" style={{ display: 'block' }} href={fileUrl(contracts.myPaperFile, { paper_id: p.paper_id })} target="_blank" rel="noreferrer">{p.title}</a>)}</li>)}</ul>
              </section>
            ) : null}
          </>
        )}
      </Loaded>
    </Page>
  )
}
