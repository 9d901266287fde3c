import { queries, useWrite } from '../../../ui/api.ts'
import { RowButton, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { goBack } from '../../../ui/phone/router.tsx'
import { identity, type Me } from '../contract.ts'

export const myCompanies = (me: Me): Me['companies'] => me.companies.filter((c) => c.kind === 'resident')

/** A phone that is registered with several property companies: which one now. */
export function ChooseCompany({ me, chosen }: { me: Me; chosen: () => void }) {
  const change = useWrite(identity.switchCompany, { invalidates: [] })
  const choose = async (company_id: number): Promise<void> => {
    if (company_id !== me.company_id) {
      if (!(await change.run({ company_id }))) return
      // Nothing of the other company stays on screen.
      queries.removeQueries({ predicate: (q) => q.queryKey[0] !== identity.me.name })
      await queries.invalidateQueries()
    }
    chosen()
  }
  return (
    <ul className="ph-list">
      {myCompanies(me).map((c) => <li key={c.company_id}><RowButton icon="home" title={c.short_name} {...(c.company_id === me.company_id ? { side: <Tag kind="busy">当前</Tag> } : {})} onClick={() => void choose(c.company_id)} /></li>)}
    </ul>
  )
}

export function CompaniesPage({ me }: { me: Me }) {
  return (
    <Page title="物业公司" back="/mine">
      <p className="ph-weak">您的手机号在以下物业公司登记,选择要查看的一家。</p>
      <ChooseCompany me={me} chosen={() => goBack('/')} />
    </Page>
  )
}
