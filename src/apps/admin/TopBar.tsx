import MenuFoldOutlined from '@ant-design/icons/es/icons/MenuFoldOutlined'
import MenuUnfoldOutlined from '@ant-design/icons/es/icons/MenuUnfoldOutlined'
import QuestionCircleOutlined from '@ant-design/icons/es/icons/QuestionCircleOutlined'
import UserOutlined from '@ant-design/icons/es/icons/UserOutlined'
import { Button, Dropdown, Select } from 'antd'
import { useMemo } from 'react'
import { Bell } from '../../modules/messages/admin/Bell.tsx'
import { identity } from '../../modules/identity/contract.ts'
import { Go, useGo } from '../../ui/address.tsx'
import { useWrite } from '../../ui/api.ts'
import { useMay, usePlace } from '../../ui/session.ts'
import { GlobalSearch } from './GlobalSearch.tsx'
import { useMe } from './me.ts'
import { pinnedFor } from './menu.tsx'
import { Mark } from './SignInPage.tsx'
import { signOut } from './sign_out.ts'

interface Props {
  fold: () => void
  folded: boolean
  openHelp: () => void
}
export function TopBar({ fold, folded, openHelp }: Props) {
  const me = useMe()
  const may = useMay()
  const pinned = useMemo(() => pinnedFor(me), [me])
  return (
    <header className="ad-top">
      <Button type="text" onClick={fold} aria-label={folded ? '展开菜单' : '收起菜单'} icon={folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />} />
      <Go to="/" className="ad-product" aria-label="和院,回到工作台"><Mark /><span>和院</span></Go>
      <CompanySwitch />
      <PlaceSwitch />
      {may('property.house.read') ? <GlobalSearch /> : null}
      <span className="ad-grow" />
      <nav aria-label="常用功能" className="ad-pinned">
        {pinned.map((e) => <Go key={e.path} to={e.path} className="ad-pin">{e.label}</Go>)}
      </nav>
      <Bell />
      <Button type="text" className="ad-help-button" onClick={openHelp} aria-label="帮助" icon={<QuestionCircleOutlined />} />
      <UserMenu />
    </header>
  )
}

function CompanySwitch() {
  const me = useMe()
  const change = useWrite(identity.switchCompany, { invalidates: [] })
  const others = me.companies.filter((c) => c.kind === 'staff')
  if (others.length < 2) return <span className="ad-company" title={me.company_name}>{me.company_short_name}</span>
  return (
    <Select
      aria-label="公司" variant="borderless" popupMatchSelectWidth={false} className="ad-company-select" loading={change.running} value={me.company_id}
      options={others.map((c) => ({ value: c.company_id, label: c.short_name }))}
      onChange={async (company_id) => { if (await change.run({ company_id })) location.assign('/admin/') }}
    />
  )
}

function PlaceSwitch() {
  const { places, place_id, choosePlace } = usePlace()
  if (places.length === 0) return null
  return (
    <Select
      aria-label="小区" className="ad-place" popupMatchSelectWidth={false} showSearch={{ optionFilterProp: 'label' }} value={place_id ?? ''}
      options={[{ value: '', label: '全部小区' }, ...places.map((p) => ({ value: p.id, label: p.name }))]}
      onChange={(v) => choosePlace(v || undefined)}
    />
  )
}

function UserMenu() {
  const me = useMe()
  const go = useGo()
  const items = [
    { key: 'account', label: '我的账号', onClick: () => go('/identity/account') },
    { key: 'devices', label: '登录设备', onClick: () => go('/identity/account?tab=devices') },
    { type: 'divider' as const },
    { key: 'out', label: '退出', onClick: () => void signOut() },
  ]
  return (
    <Dropdown trigger={['click']} placement="bottomRight" menu={{ items: [{ key: 'who', disabled: true, label: <span className="ad-who">{me.name}{me.roles.length ? ` · ${me.roles.slice(0, 3).join('、')}` : ''}</span> }, ...items] }}>
      <Button type="text" icon={<UserOutlined />} aria-label={`用户菜单:${me.name}`} aria-haspopup="menu"><span className="ad-user-name">{me.name}</span></Button>
    </Dropdown>
  )
}
