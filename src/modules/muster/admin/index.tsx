import type { AdminModule } from '../../../ui/module.ts'

export const musterAdmin: AdminModule = {
  menu: [
    { group: '安防秩序', label: '集合点名', path: '/muster/rolls', needs: 'muster.roll.read' },
    { group: '安防秩序', label: '点名设置', path: '/muster/setup', needs: 'muster.setup.write' },
  ],
  routes: [
    { path: '/muster/rolls', title: '集合点名', needs: 'muster.roll.read', page: () => import('./RollsPage.tsx'), help: ['启动应急预案或确认火警时自动发起;演练由人发起。', '列表只有人数;打开点名册才看到姓名和位置,每次打开记入审计。', '住户只有经过门禁的才列出,其余按楼栋给出在住户数。', '姓名过了保存天数自动删除,只留人数。'] },
    { path: '/muster/rolls/$roll_id', title: '点名册', needs: 'muster.roll.read', page: () => import('./RollPage.tsx') },
    { path: '/muster/setup', title: '点名设置', needs: 'muster.setup.write', page: () => import('./SetupPage.tsx'), help: ['集合点打印点位码,员工到点后用员工端扫一下就登记本人。', '信标网关按接入地址上报 JSON;工牌只给员工佩戴,认不出的信号一律不收。', '定位只在应急和演练时读取,过保存小时自动删除。'] },
  ],
}
