import { useLocation } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { KeyboardHelp } from '../../ui/help.tsx'
import { routeAt } from './menu.tsx'

const GENERAL = [
  '列表的查询条件都在网址里:收藏或转发网址,对方看到同样的结果。',
  '灰色按钮把鼠标移上去会说明原因。',
  '蓝色数字可以点击,看到它由哪些明细组成。',
]

export function HelpDrawer({ open, close }: { open: boolean; close: () => void }) {
  const route = routeAt(useLocation({ select: (l) => l.pathname }))
  return (
    <Drawer open={open} onClose={close} title="帮助" size={400} closable={{ 'aria-label': '关闭' }}>
      <div className="hy-stack">
        {route?.help ? <section><h2>{route.title}</h2><ul className="ad-help">{route.help.map((h) => <li key={h}>{h}</li>)}</ul></section> : null}
        <section><h2>通用</h2><ul className="ad-help">{GENERAL.map((h) => <li key={h}>{h}</li>)}</ul></section>
        <section><h2>键盘快捷键</h2><KeyboardHelp /></section>
      </div>
    </Drawer>
  )
}
