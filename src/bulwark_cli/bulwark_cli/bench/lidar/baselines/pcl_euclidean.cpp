// SPDX-License-Identifier: Apache-2.0
// PCL's Euclidean clusters as one C function, so that the bench calls and times it like the others.

#include <pcl/filters/voxel_grid.h>
#include <pcl/point_cloud.h>
#include <pcl/point_types.h>
#include <pcl/search/kdtree.h>
#include <pcl/segmentation/extract_clusters.h>

#include <cstddef>
#include <cstdint>
#include <vector>

using Cloud = pcl::PointCloud<pcl::PointXYZ>;

static Cloud::Ptr read_cloud(const float *xyz, std::int32_t count)
{
  Cloud::Ptr cloud(new Cloud);
  cloud->reserve(count);
  for (std::int32_t i = 0; i < count; ++i) {
    cloud->emplace_back(xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]);
  }
  return cloud;
}

// Thins a cloud (count x 3) to voxels and clusters it. Writes the points that are left and the
// cluster of each, -1 for none; returns how many points are left, which is count at most.
extern "C" std::int32_t euclidean_clusters(
  const float *xyz, std::int32_t count, float voxel, float link, std::int32_t fewest,
  float *kept, std::int32_t *labels)
{
  Cloud::Ptr thinned(new Cloud);
  pcl::VoxelGrid<pcl::PointXYZ> grid;
  grid.setInputCloud(read_cloud(xyz, count));
  grid.setLeafSize(voxel, voxel, voxel);
  grid.filter(*thinned);

  std::vector<pcl::PointIndices> clusters;
  if (!thinned->empty()) {
    pcl::search::KdTree<pcl::PointXYZ>::Ptr tree(new pcl::search::KdTree<pcl::PointXYZ>);
    tree->setInputCloud(thinned);
    pcl::EuclideanClusterExtraction<pcl::PointXYZ> extraction;
    extraction.setClusterTolerance(link);
    extraction.setMinClusterSize(fewest);
    extraction.setSearchMethod(tree);
    extraction.setInputCloud(thinned);
    extraction.extract(clusters);
  }

  for (std::size_t i = 0; i < thinned->size(); ++i) {
    kept[3 * i] = (*thinned)[i].x;
    kept[3 * i + 1] = (*thinned)[i].y;
    kept[3 * i + 2] = (*thinned)[i].z;
    labels[i] = -1;
  }
  for (std::size_t k = 0; k < clusters.size(); ++k) {
    for (const auto i : clusters[k].indices) {
      labels[i] = static_cast<std::int32_t>(k);
    }
  }
  return static_cast<std::int32_t>(thinned->size());
}
