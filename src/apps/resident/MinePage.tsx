import { Button } from 'antd-mobile'
import type { ReactNode } from 'react'
import { identity } from '../../modules/identity/contract.ts'
import { PrivacyText } from '../../modules/identity/resident/PrivacyText.tsx'
import { myCompanies } from '../../modules/identity/resident/CompaniesPage.tsx'
import { messages } from '../../modules/messages/contract.ts'
import { useStopPush } from '../../modules/messages/push_here.tsx'
import { people } from '../../modules/people/contract.ts'
import { useMyHouse } from '../../modules/people/resident/shared.tsx'
import { useRead, useWrite } from '../../ui/api.ts'
import { maskedPhone } from '../../ui/format.ts'
import { setBigType, useBigType } from '../../ui/phone/look.ts'
import { RowLink, RowSwitch } from '../../ui/phone/bits.tsx'
import { confirm } from '../../ui/phone/confirm.ts'
import { Page } from '../../ui/phone/Page.tsx'
import { hrefOf } from '../../ui/phone/router.tsx'
import { ShadeRow } from '../../ui/phone/ShadeRow.tsx'
import { Loaded } from '../../ui/phone/states.tsx'
import { useMe } from './me.ts'

export function MinePage({ tabs }: { tabs: ReactNode }) {
  const me = useMe()
  const profile = useRead(people.myProfile, {}, { stale_ms: 300_000 })
  const wechat = useRead(messages.myWechat, {}, { stale_ms: 60_000 })
  const { houses } = useMyHouse()
  const big = useBigType()
  const stopPush = useStopPush()
  const out = useWrite(identity.signOut, { invalidates: [] })
  const leave = async (): Promise<void> => {
    if (!(await confirm({ title: '退出登录?', yes: '退出' }))) return
    await stopPush()
    if (!(await out.run({}))) return
    // A fresh page: nothing of this person stays in memory.
    location.replace(hrefOf('/'))
  }
  return (
    <Page title="我的" tabs={tabs}>
      <section className="ph-card" aria-label="个人信息">
        <Loaded reading={profile} rows={1}>
          {(p) => (
            <div className="rs-me">
              <span className="rs-me-mark" aria-hidden="true">{p.name.slice(0, 1)}</span>
              <div>
                <h2>{p.name}</h2>
                <p className="ph-weak">{maskedPhone(p.phone)}</p>
              </div>
            </div>
          )}
        </Loaded>
      </section>
      <nav className="ph-list" aria-label="我的资料">
        <RowLink icon="me" title="我的资料" to="/mine/profile" />
        <RowLink icon="house" title="我的房产" to="/mine/houses" {...(houses.length > 0 ? { side: <span className="ph-weak">{houses.length} 套</span> } : {})} />
        <RowLink icon="me" title="家庭成员" to="/mine/household" />
        <RowLink icon="car" title="我的车辆" to="/mine/vehicles" {...(profile.data ? { side: <span className="ph-weak">{profile.data.vehicles.length} 辆</span> } : {})} />
        <RowLink icon="bill" title="维修资金" to="/mine/fund" />
        <RowLink icon="history" title="缴费记录与收据" to="/payments" />
        <RowLink icon="bill" title="优惠活动" to="/promotions" />
        <RowLink icon="bill" title="优惠券" to="/coupons" />
        <RowLink icon="bill" title="对账单" to="/statement" />
        <RowLink icon="bill" title="收支公示" to="/disclosures" />
        <RowLink icon="bill" title="合同与规约" to="/contracts" />
        <RowLink icon="ok" title="小区水质" to="/water-quality" />
        <RowLink icon="bill" title="电子发票" to="/invoices" />
        <RowLink icon="meter" title="水电用量" to="/meters" />
        <RowLink icon="meter" title="用水提醒" to="/water" />
        <RowLink icon="tool" title="我的报修" to="/orders" />
        <RowLink icon="todo" title="服务申请" to="/apply" />
        <RowLink icon="ok" title="业主大会表决" to="/votes" />
        <RowLink icon="todo" title="满意度调查" to="/surveys" />
        <RowLink icon="mail" title="投诉建议" to="/care" />
        <RowLink icon="mail" title="消息" to="/messages" />
        <RowLink icon="phone" title="消息接收设置" to="/mine/messages" />
        <RowLink icon="device" title="消息推送" to="/mine/push" />
        {wechat.data?.offered ? <RowLink icon="mail" title="微信绑定" to="/mine/wechat" side={<span className="ph-weak">{wechat.data.bound_at ? '已绑定' : '未绑定'}</span>} /> : null}
      </nav>
      <div className="ph-list">
        <RowSwitch icon="type" title="大字版" under="字和按钮都变大" on={big} set={setBigType} />
        <ShadeRow />
        {myCompanies(me).length > 1 ? <RowLink icon="home" title="物业公司" to="/mine/companies" side={<span className="ph-weak">{me.company_short_name}</span>} /> : null}
        <RowLink icon="shield" title="登录口令" to="/mine/password" />
        <RowLink icon="device" title="登录设备" to="/mine/devices" />
        <RowLink icon="shield" title="隐私说明" to="/mine/privacy" />
      </div>
      <Button className="ph-big" block loading={out.running} onClick={() => void leave()}>退出登录</Button>
      <p className="ph-center ph-weak ph-small">{me.company_name}<br />和院 {me.version}</p>
    </Page>
  )
}

export function PrivacyPage() {
  return (
    <Page title="隐私说明" back="/mine">
      <section className="ph-card"><PrivacyText /></section>
    </Page>
  )
}
