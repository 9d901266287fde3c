import type { AdminModule } from '../../../ui/module.ts'

export const analyticsAdmin: AdminModule = {
  menu: [{ group: '房产管理', label: '房态图', path: '/property/board', needs: 'property.house.read', pinned: true }],
  routes: [
    {
      path: '/property/board', title: '房态图', needs: 'property.house.read', page: () => import('./BoardPage.tsx'),
      help: ['自上而下为楼层,与站在楼外看到的一致;红字为欠费金额。', '点击一户打开档案;方向键在户间移动,回车打开。', '图例可点击,只看某一状态。'],
    },
  ],
}
