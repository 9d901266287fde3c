import type { AdminModule } from '../../../ui/module.ts'

export const analyticsAdmin: AdminModule = {
  menu: [{ group: '房产管理', label: '房态图', path: '/property/board', needs: 'property.house.read', pinned: true }, { group: '统计分析', label: '经营看板', path: '/analytics/cockpit', needs: 'analytics.cockpit.read', place: 1 }, { group: '统计分析', label: '收费统计', path: '/analytics/fees', needs: 'billing.stats.read' }, { group: '统计分析', label: '大屏', path: '/analytics/wall', needs: 'analytics.cockpit.read', place: 99 }],
  routes: [
    {
      path: '/property/board', title: '房态图', needs: 'property.house.read', page: () => import('./BoardPage.tsx'),
      help: ['自上而下为楼层,与站在楼外看到的一致;红字为欠费金额。', '点击一户打开档案;方向键在户间移动,回车打开。', '图例可点击,只看某一状态。'],
    },
    {
      path: '/analytics/cockpit', title: '经营看板', needs: 'analytics.cockpit.read', page: () => import('./CockpitPage.tsx'),
      help: ['每个指标都写着分子和分母,点数字打开算进去的那些记录。', '只列出您有查看权限的指标,只算您管辖范围内的。', '率都舍去尾数:一件没完就不会写 100%。', '「目标」从某月起设,小区可以有自己的;越过预警线的列在最上面。', '基础类是现在的状况,没有上月。'],
    },
    {
      path: '/analytics/wall', title: '大屏', needs: 'analytics.cockpit.read', page: () => import('./WallPage.tsx'),
      help: ['挂在墙上的屏幕打开这一页,点「全屏」;每 30 秒自己更新。', '给它用一个只有查看权限的账号。', '断网时写明数字的时间,连上后自己恢复。'],
    },
    {
      path: '/analytics/fees', title: '收费统计', needs: 'billing.stats.read', page: () => import('./FeesPage.tsx'),
      help: ['应收、实收、欠收按账单的账期;期内收款按收款日,分为收本期、清欠、收以后。', '清欠率 = 期内收回的往期欠费 ÷ 往期应清;应清是期初欠费加期内补出、减去减免。', '「截至月末」只算到那时为止发生的,结账以后再看也不会变。', '点数字打开它的明细,筛选与统计相同。'],
    },
  ],
}
